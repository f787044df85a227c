"""
What train.py minimises beside the judgement of listeners: over a call with concealed losses and the call as it was said, distances of
the levels of bands at several resolutions, of strong partials, of the waveform where it can be foreseen, and what intelligibility lacks. Bands, not bins, for the
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


def excess(made, others, lost, length=640):
    """By how much bands are louder than 20 ms around in each of the others (the truth, the classical stage), for a frame of loss."""
    matrix = bands(length, made.device)
    level, *levels = [torch.log(matrix @ spectrum(x, length).pow(2) + LEAST**2) / 2 for x in (made, *others)]
    bound = torch.nn.functional.max_pool1d(torch.stack(levels).amax(0), NEAR, 1, NEAR // 2)
    touched = lost.unfold(1, length, length // 4).amax(2)
    return ((level - bound - TOLERANCE).clamp_min(0).mean(1) * touched).sum() / (lost.sum() / (length // 4))


# Length of the window, bands, and frames around for linear bands: 250 Hz over 20 ms around, where colours of the top show, and 125 Hz in windows of 20 ms,
# where notches do that sweep down; mel bands hardly show either. Short filters can make both, and a judge may reward them.
LINEAR = ((640, 32, 5), (320, 64, 9))
MARGIN = 0.12
QUIETEST = 3e-4


def linear_levels(signals, length, count):
    """Levels of so many bands of the same width, in windows of that length: [n, bands, frames] each."""
    bins = np.arange(length // 2 + 1) / (length // 2) * count
    matrix = np.maximum(0, 1 - np.abs(bins - (np.arange(count)[:, None] + 0.5)))
    matrix = torch.tensor(matrix / matrix.sum(1, keepdims=True), dtype=torch.float32, device=signals[0].device)
    return [torch.log(matrix @ spectrum(x, length).pow(2) + QUIETEST**2) / 2 for x in signals]


def outside(made, others, lost):
    """By how much linear bands are louder than all the others (the truth, the classical stage) around, or quieter than all, for a frame of loss."""
    total = 0
    for length, count, near in LINEAR:
        level, *levels = linear_levels((made, *others), length, count)
        high = torch.nn.functional.max_pool1d(torch.stack(levels).amax(0), near, 1, near // 2)
        low = -torch.nn.functional.max_pool1d(-torch.stack(levels).amin(0), near, 1, near // 2)
        touched = lost.unfold(1, length, length // 4).amax(2)
        apart = (level - high - MARGIN).clamp_min(0) + (low - MARGIN - level).clamp_min(0)
        total = total + (apart.mean(1) * touched).sum() / (lost.sum() / (length // 4))
    return total


# Bands of 125 Hz over 40 ms, from 1 kHz on: three together, for partials that lie elsewhere are no ripple, beside eleven.
RIPPLE = (640, 64)
FINE, WIDE, FIRST, EVEN = 3, 11, 8, 0.2


def ripple(made, continued, lost):
    """How unevenly over the spectrum a concealment is louder or quieter than what it is made of: the notches and peaks of its filters, for a frame of loss."""
    level, plain = linear_levels((made, continued), *RIPPLE)
    change = (level - plain).transpose(1, 2)
    fine, wide = (torch.nn.functional.avg_pool1d(change, width, 1, width // 2, count_include_pad=False) for width in (FINE, WIDE))
    touched = lost.unfold(1, RIPPLE[0], RIPPLE[0] // 4).amax(2)
    return ((((fine - wide).abs() - EVEN).clamp_min(0)[..., FIRST:]).mean(2) * touched).sum() / touched.sum()


def waveform(made, said, steps):
    """Mean absolute error of losses [n, samples], the sooner after the beginning the more; steps [n] of 5 ms have sound."""
    at = torch.arange(made.shape[1], device=made.device)
    weight = torch.exp(-at / FORESEEN) * (at < 80 * steps[:, None])
    loudness = (said.pow(2) * (at < 80 * steps[:, None])).sum(1).div(80 * steps).sqrt().clamp_min(1)
    return WAVE * (((made - said).abs() * weight).sum(1) / weight.sum(1) / loudness).mean()


# Of the short-time objective intelligibility (Taal et al. 2011; Jensen and Taal 2016), at 16 kHz instead of 10 kHz: frames of 25.6 ms,
# third octaves from 150 Hz, segments of 30 frames.
FRAME, HOP, FFT, SEGMENT, LOWEST, OCTAVES = 410, 205, 1024, 30, 150, 15
DEEPEST = 10 ** (-40 / 20)
CLIP = 1 + 10 ** (15 / 20)


def third_octaves(device):
    centres = LOWEST * 2.0 ** (np.arange(OCTAVES) / 3)
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    return torch.tensor((bins >= centres[:, None] * 2 ** (-1 / 6)) & (bins < centres[:, None] * 2 ** (1 / 6)), dtype=torch.float32, device=device)


def envelopes(signal):
    """Of the bands and of all, [n, frames, bands] and [n, frames]."""
    window = torch.hann_window(FRAME, device=signal.device)
    frames = torch.nn.functional.pad(signal.unfold(1, FRAME, HOP) * window, (0, FFT - FRAME))
    power = torch.view_as_real(torch.fft.rfft(frames)).pow(2).sum(-1)
    return (power @ third_octaves(signal.device).T + 1e-6).sqrt(), power.sum(2).sqrt()


def steady(x, dim):
    x = x - x.mean(dim, keepdim=True)
    return x / (x.norm(dim=dim, keepdim=True) + 1e-4)


def intelligibility(made, said, lost):
    """What STOI and ESTOI lack to 1 over the segments with a concealed frame; frames 40 dB below the loudest are left out, as in the metric."""
    a, (b, loud) = envelopes(made)[0], envelopes(said)
    touched = lost.unfold(1, FRAME, HOP).amax(2)
    total, count, plain, extended = 0, 0, 0, 0
    for row in range(len(said)):
        kept = loud[row] > loud[row].max() * DEEPEST
        if kept.sum() < SEGMENT:
            continue
        x, y = (e[row][kept].unfold(0, SEGMENT, 1) for e in (a, b))
        here = touched[row][kept].unfold(0, SEGMENT, 1).amax(1) > 0
        x, y = x[here], y[here]
        level = y.norm(dim=2, keepdim=True) / (x.norm(dim=2, keepdim=True) + 1e-4)
        plain = plain + (steady(torch.minimum(x * level, y * CLIP), 2) * steady(y, 2)).sum(2).mean(1).sum()
        extended = extended + (steady(steady(x, 2), 1) * steady(steady(y, 2), 1)).sum(1).mean(1).sum()
        count += int(here.sum())
    count = max(1, count)
    return 1 - plain / count, 1 - extended / count
