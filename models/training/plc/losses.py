"""
What train.py minimises beside the judgement of listeners: over a call with concealed losses and the call as it was said, distances of
the levels of bands at several resolutions, of strong partials, and of the waveform where it can be foreseen. Bands, not bins, for the
levels: the magnitudes of noise cannot be foreseen, and who minimises their distance plays no noise.
"""

import numpy as np
import torch

RATE = 16000

WINDOWS = (160, 320, 640, 1280)
BANDS = {160: 20, 320: 32, 640: 40, 1280: 64}
PARTIALS = 0.3
FLOOR = 0.005
# What is louder than the truth and than the classical stage: a judge that rewards it is deceived.
EXCESS = 8.0
TOLERANCE = 0.12
NEAR = 5
LEAST = 0.001
# The waveform can be foreseen for some 15 ms. An onset cannot, so its error counts by its own level.
FORESEEN = 240.0
WAVE = 0.5


def spectrum(signal, length):
    window = torch.hann_window(length, device=signal.device)
    return torch.stft(signal, length, length // 4, window=window, center=False, return_complex=True).abs() / length**0.5


def bands(length, device):
    """[bands, bins]: triangles on the mel scale that each sum to 1."""
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 1400), BANDS[length] + 2) / 2595) - 1)
    bins = np.arange(length // 2 + 1)[:, None] * RATE / length
    width = RATE / length
    rising = (bins - edges[:-2] + width) / (edges[1:-1] - edges[:-2] + width)
    falling = (edges[2:] + width - bins) / (edges[2:] - edges[1:-1] + width)
    matrix = np.maximum(0, np.minimum(rising, falling))
    return torch.tensor((matrix / matrix.sum(0)).T, dtype=torch.float32, device=device)


def spectral(made, said, lost):
    """Distance of two calls [n, samples] over one level, for a frame of loss; lost is 1 where something was concealed, else 0."""
    total = 0
    for length in WINDOWS:
        a, b = spectrum(made, length), spectrum(said, length)
        touched = lost.unfold(1, length, length // 4).amax(2)
        frames = lost.sum() / (length // 4)
        matrix = bands(length, made.device)
        levels = [torch.log(matrix @ x.pow(2) + FLOOR**2) / 2 for x in (a, b)]
        level = ((levels[0] - levels[1]).abs().mean(1) * touched).sum() / frames
        partials = (((a - b).abs() * touched[:, None]).sum((1, 2)) / (b * touched[:, None]).sum((1, 2)).clamp_min(1)).mean()
        total = total + level + PARTIALS * partials
    return total / len(WINDOWS)


def excess(made, said, classical, lost, length=640):
    """By how much bands are louder than 20 ms around in the truth and in what the classical stage played, for a frame of loss."""
    matrix = bands(length, made.device)
    levels = [torch.log(matrix @ spectrum(x, length).pow(2) + LEAST**2) / 2 for x in (made, said, classical)]
    bound = torch.nn.functional.max_pool1d(torch.maximum(levels[1], levels[2]), NEAR, 1, NEAR // 2)
    touched = lost.unfold(1, length, length // 4).amax(2)
    return ((levels[0] - bound - TOLERANCE).clamp_min(0).mean(1) * touched).sum() / (lost.sum() / (length // 4))


def waveform(made, said, steps):
    """Mean absolute error of losses [n, samples], the sooner after the beginning the more; steps [n] of 5 ms have sound."""
    at = torch.arange(made.shape[1], device=made.device)
    weight = torch.exp(-at / FORESEEN) * (at < 80 * steps[:, None])
    loudness = (said.pow(2) * (at < 80 * steps[:, None])).sum(1).div(80 * steps).sqrt().clamp_min(1)
    return WAVE * (((made - said).abs() * weight).sum(1) / weight.sum(1) / loudness).mean()
