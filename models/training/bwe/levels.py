"""
Levels of the packed signals on a grid of cells of 375 Hz, so that the network can first be trained without making a sample: what the synthesis would
put into a cell is known from the carriers' levels and the gains. Cells are four bins of 512 or sixteen of 2048 samples.
"""

import numpy as np

import signal_path as sp

FIRST, CELLS = 36, 45
CENTRES = (FIRST + 4 * np.arange(CELLS) + 1.5) * sp.RATE / 512
# Mean of the logarithm of one bin's power of noise, below the logarithm of its mean.
NOISE_BIAS = 0.2507
NOISE_VARIANCE = 0.31
SHORT, LONG = 512, 2048
FLOOR = 1e-8


def windows(length):
    return np.hanning(length + 2)[1:-1].astype(np.float32)


def frames_at(signal, length, centres):
    half = length // 2
    padded = np.pad(signal, (half, half))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[centres]


def measure(signals, chunk=2000):
    """
    plain, copy, noise amplitude, target [4, steps * STEP] -> short [steps, 3 * CELLS + 1]: log10 of the power in 512 samples about the middle of each
    step of plain, copy, target, and of white noise of that amplitude; long [steps / 2, 2 * CELLS]: mean and variance of log10 of the
    target's bins in 2048 samples about the middle of each block. 16-bit floats.
    """
    steps = signals.shape[1] // sp.STEP
    short, long = [], []
    for at in range(0, steps, chunk):
        last = min(steps, at + chunk)
        low, high = max(0, at * sp.STEP - LONG), min(signals.shape[1], last * sp.STEP + LONG)
        part = signals[:, low:high].astype(np.float32)
        centres = np.arange(at, last) * sp.STEP + sp.STEP // 2 - low
        columns = []
        for row in (0, 1, 3):
            spectrum = np.fft.rfft(frames_at(part[row], SHORT, centres) * windows(SHORT))[:, FIRST : FIRST + 4 * CELLS]
            columns.append((np.abs(spectrum) ** 2).reshape(len(centres), CELLS, 4).mean(2))
        columns.append(((frames_at(part[2], SHORT, centres) * windows(SHORT)) ** 2).sum(1, keepdims=True))
        short.append(np.log10(np.concatenate(columns, 1) + 1e-12))
        blocks = np.arange(at // 2, last // 2) * 2 * sp.STEP + sp.STEP - low
        spectrum = np.fft.rfft(frames_at(part[3], LONG, blocks) * windows(LONG))[:, 4 * FIRST : 4 * (FIRST + 4 * CELLS)]
        power = np.log10(np.maximum(np.abs(spectrum) ** 2, FLOOR)).reshape(len(blocks), CELLS, 16)
        long.append(np.concatenate((power.mean(2), power.var(2)), 1))
    return np.concatenate(short).astype(np.float16), np.concatenate(long).astype(np.float16)


def through(response, short, long, powers, cutoff, bandwidth, gain):
    """
    A stretch as it would be had the recording gone through a response (log10 of power over Hz) and a gain (the same) first; powers have the gain
    already. The carriers follow the band that they come from. In the order of a batch: short, powers, cut-off, bandwidth, long.
    """
    cells = response(CENTRES) + gain
    centres = (sp.FEATURE_EDGES[1:] + sp.FEATURE_EDGES[:-1]) / 2
    heard = 10 ** response(centres)
    source = (sp.FEATURE_EDGES[:-1] >= cutoff - sp.source_width(cutoff)) & (sp.FEATURE_EDGES[1:] <= cutoff)
    weighed = powers[:, source] * np.diff(sp.FEATURE_EDGES)[source]
    ratio = np.log10((weighed * heard[source]).sum(1, keepdims=True) / weighed.sum(1, keepdims=True)) + gain
    short, long = short.copy(), long.copy()
    short[:, :CELLS] += cells
    short[:, CELLS : 2 * CELLS] += ratio
    short[:, 2 * CELLS : 3 * CELLS] += cells
    short[:, 3 * CELLS :] += ratio
    long[:, :CELLS] = np.maximum(np.log10(FLOOR), long[:, :CELLS] + cells)
    return short, powers * heard, cutoff, bandwidth, long
