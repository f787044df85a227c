"""Pictures of regular structure that nobody took: planes of windows, bricks, stripes and bars, seen from aside."""

import numpy as np

# Each sample of a picture is the mean of this many squared.
FINER = 4


def pattern(u, v, rng):
    """What a plane shows at (u, v), in rows and columns of 1: 0..1."""
    light, dark, middle = np.sort(rng.uniform(0, 1, 3))[[2, 0, 1]]
    if rng.random() < 0.3:
        light, dark = dark, light
    kind = rng.integers(4)
    if kind == 0:
        # Stripes.
        return np.where(u % 1 < rng.uniform(0.15, 0.85), light, dark)
    if kind == 1:
        # Bricks: every second row is moved by a half.
        row = np.floor(v)
        joint = rng.uniform(0.05, 0.25)
        tone = (np.sin(row * 12.9 + np.floor(u * 0.5 + 0.5 * (row % 2)) * 78.2) * 43758.5) % 1
        return np.where((v % 1 < joint) | ((u * 0.5 + 0.5 * (row % 2)) % 1 < joint / 2), light, dark + (middle - dark) * tone)
    # Windows, in two parts or with a bar across, each of its own tone; or bars alone.
    width, height = rng.uniform(0.3, 0.9, 2)
    x, y = u % 1 / width, v % 1 / height
    tone = (np.sin(np.floor(u) * 12.9 + np.floor(v) * 78.2) * 43758.5) % 1
    inside = (x < 1) & (y < 1)
    bar = rng.uniform(0.04, 0.12)
    bars = (np.abs(x - 0.5) < bar) | (np.abs(y - rng.uniform(0.3, 0.7)) < bar)
    glass = dark + (middle - dark) * tone * (kind == 2)
    return np.where(inside, np.where(bars, middle, glass), light)


def picture(size, rng):
    """One picture [size, size], 0..255."""
    n = size * FINER
    y, x = np.mgrid[0:n, 0:n].astype(np.float32) / n - 0.5
    out = np.full((n, n), rng.uniform(0, 1), np.float32) + rng.uniform(-0.3, 0.3) * y
    for _ in range(rng.integers(2, 6)):
        # A half plane or a quarter of the picture, each with a view of its own.
        angle = rng.uniform(0, 2 * np.pi)
        where = x * np.cos(angle) + y * np.sin(angle) > rng.uniform(-0.4, 0.3)
        if rng.random() < 0.5:
            where &= y * np.cos(angle) - x * np.sin(angle) > rng.uniform(-0.4, 0.3)
        turn = rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.25) if rng.random() < 0.7 else rng.uniform(0, np.pi)
        across, along = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        away = 1 + rng.uniform(-1.2, 1.2) * across + rng.uniform(-0.4, 0.4) * along
        # Rows and columns of 4 to 40 samples where it is nearest to the mean.
        columns, rows = size / np.exp(rng.uniform(np.log(4), np.log(40), 2))
        made = pattern(columns * across / away, rows * along / away, rng)
        out = np.where(where & (away > 0.3), made * rng.uniform(0.6, 1) + rng.uniform(0, 0.2), out)
    out = out.reshape(size, FINER, size, FINER).mean((1, 3)) * 255
    return np.clip(out + rng.normal(0, rng.uniform(0, 1.5), out.shape), 0, 255)
