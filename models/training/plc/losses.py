"""
What train.py minimises: distances of the levels of bands at several resolutions, of strong partials, and of the waveform where it can
be foreseen. Bands, not bins: the magnitudes of noise cannot be foreseen, and who minimises their distance plays no noise.
"""

import numpy as np
import torch

RATE = 16000

WINDOWS = (160, 320, 640)
BANDS = {160: 20, 320: 32, 640: 40}
PARTIALS = 0.3
BEFORE = 640
FADE = 160
FLOOR = 0.02
# The waveform can be foreseen for some 15 ms. An onset cannot, so its error counts by its own level.
FORESEEN = 240.0
WAVE = 0.5


def spectrum(signal, length):
    window = torch.hann_window(length, device=signal.device)
    return torch.stft(signal, length, length // 4, window=window, center=False, return_complex=True).abs() / length**0.5


def recovered(made, target, past):
    """The end of the past, the concealment (its last 10 ms fading into what was received), and what was received after it."""
    lost = made.shape[1] - FADE
    rise = 0.5 - 0.5 * torch.cos(torch.pi * (torch.arange(FADE, device=made.device) + 0.5) / FADE)
    tail = made[:, lost:] + rise * (target[:, lost : lost + FADE] - made[:, lost:])
    return torch.cat((past[:, -BEFORE:], made[:, :lost], tail, target[:, lost + FADE :][:, :BEFORE]), 1)


def bands(length, device):
    """[bands, bins]: triangles on the mel scale that each sum to 1."""
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 1400), BANDS[length] + 2) / 2595) - 1)
    bins = np.arange(length // 2 + 1)[:, None] * RATE / length
    width = RATE / length
    rising = (bins - edges[:-2] + width) / (edges[1:-1] - edges[:-2] + width)
    falling = (edges[2:] + width - bins) / (edges[2:] - edges[1:-1] + width)
    matrix = np.maximum(0, np.minimum(rising, falling))
    return torch.tensor((matrix / matrix.sum(0)).T, dtype=torch.float32, device=device)


def spectral(made, target):
    """[n]: distance of two signals over one level."""
    total = 0
    for length in WINDOWS:
        a, b = spectrum(made, length), spectrum(target, length)
        matrix = bands(length, made.device)
        levels = [torch.log(matrix @ x.pow(2) + FLOOR**2) / 2 for x in (a, b)]
        frames = (made.shape[1] - BEFORE) / (length // 4)
        level = (levels[0] - levels[1]).abs().sum((1, 2)) / (len(matrix) * frames)
        partials = (a - b).abs().sum((1, 2)) / b.sum((1, 2)).clamp_min(1)
        total = total + level + PARTIALS * partials
    return total / len(WINDOWS)


def waveform(made, target):
    """[n]: mean absolute error, the sooner after the loss the more."""
    weight = torch.exp(-torch.arange(made.shape[1], device=made.device) / FORESEEN)
    loudness = target.pow(2).mean(1).sqrt().clamp_min(1)
    return WAVE * ((made - target).abs() * weight).sum(1) / weight.sum() / loudness


def pair(made, target, past):
    """The concealment in its surroundings and what was really there."""
    whole = recovered(made, target, past)
    return whole, torch.cat((past[:, -BEFORE:], target), 1)[:, : whole.shape[1]]


def distance(made, target, past):
    """[n] and its two parts; all signals over the level of the past."""
    magnitude, wave = spectral(*pair(made, target, past)), waveform(made, target[:, : made.shape[1]])
    return magnitude + wave, magnitude, wave
