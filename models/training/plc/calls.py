"""Windows of the calls that pack.py made, with the losses in them to be concealed anew."""

import glob
import os

import numpy as np
import torch

from model import HALF, STEP

NAMES = ("clean", "played", "starts", "ends", "lag", "correlation")
PAST = 3200
FADE = 160
FALL = 0.5 + 0.5 * np.cos(np.pi * (np.arange(FADE) + 0.5) / FADE)
LONGEST = 51
REACH = (LONGEST + 1) * STEP + HALF


class Window:
    """`length` samples of some calls: `said` [n, length], and of the losses their past, classical continuation, pitch and place."""

    def __init__(self, length, rows):
        self.said = np.zeros((rows, length), np.int16)
        self.base = np.zeros((rows, length), np.int16)
        self.losses = []

    def tensors(self, device):
        self.losses.sort(key=lambda loss: -loss[-1])
        past, classical, lag, correlation, row, at, steps = zip(*self.losses)
        waves = [torch.from_numpy(np.stack(x)).to(device).float() / 32768 for x in (self.said, self.base, past, classical)]
        numbers = [torch.from_numpy(np.array(x)).to(device) for x in (lag, correlation, row, at, steps)]
        return (*waves, *numbers)


class Calls:
    """The calls of all files of a split, as they appear."""

    def __init__(self, folder, split):
        self.pattern = os.path.join(folder, split + "-*[0-9].npz")
        self.files, self.parts = [], []
        self.refresh()

    def refresh(self):
        for path in sorted(glob.glob(self.pattern)):
            if path not in self.files:
                with np.load(path) as arrays:
                    self.parts.append({name: arrays[name] for name in NAMES})
                self.files.append(path)
        self.weights = np.array([len(part["clean"]) for part in self.parts], float)
        self.weights /= self.weights.sum()

    def count(self):
        return sum(len(part["lag"]) for part in self.parts)

    def take(self, rng, rows, length):
        """Random places with speech in them and a loss."""
        window = Window(length, rows)
        row = 0
        while row < rows:
            part = self.parts[rng.choice(len(self.parts), p=self.weights)]
            if self.cut(part, int(rng.integers(PAST, len(part["clean"]) - length - REACH)), window, row):
                row += 1
        return window

    def all(self, rows, length):
        """Every place of the split, one after another."""
        window, row = Window(length, rows), 0
        for part in self.parts:
            for start in range(PAST, len(part["clean"]) - length - REACH, length):
                if self.cut(part, start, window, row):
                    row += 1
                if row == rows:
                    yield window
                    window, row = Window(length, rows), 0

    def cut(self, part, start, window, row):
        clean = part["clean"][start : start + length_of(window)]
        if np.abs(clean).max() < 1000:
            return False
        first, last = np.searchsorted(part["starts"], start + FADE), np.searchsorted(part["ends"], start + length_of(window) - FADE, "right")
        if last <= first:
            return False
        window.said[row], window.base[row] = clean, clean
        for n in range(first, last):
            at, end, parity = int(part["starts"][n]), int(part["ends"][n]), n % 2
            played = part["played"][parity]
            steps = (end - at + FADE) // STEP
            classical = played[at : at + REACH].copy()
            window.base[row, at - start : end - start] = played[at:end]
            window.base[row, end - start : end - start + FADE] += (FALL * (played[end : end + FADE].astype(np.float32) - part["clean"][end : end + FADE])).astype(np.int16)
            window.losses.append((played[at - PAST : at], classical, int(part["lag"][n]), part["correlation"][n], row, at - start, min(steps, LONGEST)))
        return True


def length_of(window):
    return window.said.shape[1]


def place(made, base, said, row, at, steps):
    """The calls with the losses concealed, and 1 where they are; made [losses, samples] as loud as the calls."""
    inside = torch.arange(made.shape[1], device=made.device)[None]
    count = steps[:, None] * STEP
    keep = inside < count
    index = (row[:, None] * base.shape[1] + at[:, None] + inside)[keep]
    # The last 10 ms fade into what was received; a loss that outlasts the network is heard from the classical stage.
    rise = 0.5 - 0.5 * torch.cos(torch.pi * ((inside - count + FADE).clamp_min(-0.5) + 0.5) / FADE)
    rise = torch.where(steps[:, None] < LONGEST, rise, torch.zeros_like(rise))[keep]
    flat = said.flatten()[index]
    made = made[keep] + rise * (flat - made[keep])
    lost = torch.zeros_like(base).flatten().index_fill(0, index, 1.0).view_as(base)
    return base.flatten().index_put((index,), made).view_as(base), lost
