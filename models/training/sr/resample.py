"""Resampling of pictures and the luma of BT.601, as the super-resolution benchmarks define them (Matlab's imresize and rgb2ycbcr)."""

import numpy as np


def cubic(x):
    """The cubic of Keys (1981) with a = -0.5."""
    x = np.abs(x)
    return np.where(x <= 1, (1.5 * x - 2.5) * x * x + 1, np.where(x < 2, ((-0.5 * x + 2.5) * x - 4) * x + 2, 0.0))


def triangle(x):
    return np.maximum(1 - np.abs(x), 0.0)


def box(x):
    return ((x > -0.5) & (x <= 0.5)).astype(np.float64)


def lanczos3(x):
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0.0)


KERNELS = {"bicubic": (cubic, 2.0), "bilinear": (triangle, 1.0), "box": (box, 0.5), "lanczos": (lanczos3, 3.0)}


def _taps(source, target, scale, kernel, antialias):
    weight, radius = KERNELS[kernel]
    stretch = max(1 / scale, 1.0) if antialias else 1.0
    centers = (np.arange(target) + 0.5) / scale - 0.5
    first = np.floor(centers - radius * stretch).astype(int)
    indices = first[:, None] + np.arange(int(np.ceil(2 * radius * stretch)) + 2)[None, :]
    weights = weight((indices - centers[:, None]) / stretch)
    weights /= weights.sum(1, keepdims=True)
    # Beyond the edge Matlab mirrors, the edge sample included.
    period = np.concatenate([np.arange(source), np.arange(source)[::-1]])
    used = np.flatnonzero(np.abs(weights).max(0) > 0)
    return period[indices[:, used] % (2 * source)], weights[:, used]


def _resize_rows(picture, scale, kernel, antialias):
    target = int(np.ceil(picture.shape[0] * scale - 1e-9))
    indices, weights = _taps(picture.shape[0], target, scale, kernel, antialias)
    out = np.zeros((target,) + picture.shape[1:])
    shape = (target,) + (1,) * (picture.ndim - 1)
    for tap in range(indices.shape[1]):
        out += weights[:, tap].reshape(shape) * picture[indices[:, tap]]
    return out


def resize(picture, scale, kernel="bicubic", antialias=True):
    """Matlab's imresize of an (h, w) or (h, w, 3) array by a factor; float64 out, not rounded."""
    rows = _resize_rows(np.asarray(picture, np.float64), scale, kernel, antialias)
    return np.swapaxes(_resize_rows(np.swapaxes(rows, 0, 1), scale, kernel, antialias), 0, 1)


def to_bytes(picture):
    """Rounds half up, as Matlab does, and clips to bytes."""
    return np.clip(np.floor(np.asarray(picture) + 0.5), 0, 255).astype(np.uint8)


def luma(rgb):
    """Matlab's rgb2ycbcr luma (16..235) of bytes, as float64, not rounded; a grey picture is its own luma."""
    if rgb.ndim == 2:
        return rgb.astype(np.float64)
    return 16 + rgb.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255
