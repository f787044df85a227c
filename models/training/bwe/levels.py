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
# Power of white noise of one unit a hertz.
RATE_OF_CELLS = sp.RATE / 2
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


def through(caller, short, long, powers, cutoff, bandwidth, gain, rate):
    """
    A stretch as another caller (variety.py) would have sent it, and louder by a gain, log10 of power; powers have the gain already. The
    carriers follow the band that they come from. In the order of a batch: short, powers, cut-off, bandwidth, long.
    """
    edges = sp.FEATURE_EDGES
    source = (edges[:-1] >= cutoff - sp.source_width(cutoff)) & (edges[1:] <= cutoff)
    widths = np.diff(edges)[source]

    def of_source(values):
        return (values[:, source] * widths).sum(1, keepdims=True)

    cells = caller.response(CENTRES) + gain
    heard = powers * 10 ** caller.response((edges[1:] + edges[:-1]) / 2)
    ratio = np.log10(of_source(heard) / of_source(powers)) + gain
    gate = caller.gate(heard)[:, None]
    short, long = short.astype(np.float32), long.astype(np.float32)
    short[:, :CELLS] += cells
    short[:, CELLS : 2 * CELLS] += ratio
    short[:, 2 * CELLS : 3 * CELLS] += cells
    short[:, 3 * CELLS :] += ratio
    short += gate
    heard = heard * 10**gate
    level = long[:, :CELLS] + cells + gate.reshape(-1, 2).mean(1, keepdims=True)
    background = caller.background(heard, rate)
    if background is not None:
        whole = RATE_OF_CELLS * (windows(SHORT) ** 2).sum()
        in_cells = 10 ** background(CENTRES)
        in_source = (10 ** background((edges[1:] + edges[:-1]) / 2)[source] * widths).sum() / widths.sum()
        random = caller.random
        heard = heard + 10 ** background((edges[1:] + edges[:-1]) / 2) * rate / 2 * random.gamma(3, 1 / 3, heard.shape)
        for at, density, shape in ((1, in_source, 3), (2, in_cells, 3)):
            part = short[:, at * CELLS : (at + 1) * CELLS]
            part[:] = np.log10(10**part + density * whole * random.gamma(shape, 1 / shape, part.shape))
        short[:, -1:] = np.log10(10 ** short[:, -1:] + in_source * whole)
        level = np.log10(10 ** (level + NOISE_BIAS) + in_cells * RATE_OF_CELLS * (windows(LONG) ** 2).sum()) - NOISE_BIAS
    long[:, :CELLS] = np.maximum(np.log10(FLOOR), level)
    return short, heard, cutoff, bandwidth, long
