"""What train.py minimises: distances of magnitude spectra at several resolutions, and of the waveform where it can be foreseen."""

import torch
import torch.nn.functional as F

WINDOWS = (160, 320, 640, 1280)
BEFORE = 640
FADE = 160
# Too loud is heard sooner than too soft.
OVERSHOOT = 1.3
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


def spectral(made, target):
    """[n]: distance of two signals over one level."""
    total = 0
    for length in WINDOWS:
        a, b = spectrum(made, length), spectrum(target, length)
        ratio = torch.log((a + FLOOR) / (b + FLOOR))
        log = torch.where(ratio > 0, OVERSHOOT * ratio, -ratio)
        root = (torch.sqrt(a + 1e-4) - torch.sqrt(b + 1e-4)).abs()
        total = total + (log + root).sum((1, 2)) / (a.shape[1] * ((made.shape[1] - BEFORE) / (length // 4)))
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
