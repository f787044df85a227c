"""
What the stage does around the network, in NumPy, as the C# does it: resampling to 48 kHz, the short-time spectrum, the two carriers, the band
filters. All constants are the stage's (src/Audio/BandwidthExtension).
"""

import numpy as np
import scipy.signal as ss

RATE = 48000
STEP = 240
TOP = 20000
CUTOFFS = (3400, 4000, 6000, 7000, 8000)
EDGES = (3400, 4000, 4500, 5000, 5500, 6000, 6500, 7000, 7500, 8000, 8750, 9500, 10250, 11000, 12000, 13000, 14000, 15000, 16500, 18000, 20000)
BANDS = len(EDGES) - 1
FEATURE_EDGES = np.r_[np.arange(0, 1000, 125), np.arange(1000, 4000, 250), np.arange(4000, 8001, 500)]
FEATURES = len(FEATURE_EDGES) - 1
POWER_FLOOR = 1e-12
SOURCE_DELAY, SHAPING_DELAY = 48, 88
ATTENUATION = 52.0


def kaiser_filter(taps, low, high, rate=RATE, attenuation=ATTENUATION):
    """A linear-phase band-pass, -6 dB at both edges; a low edge of 0 makes it a low-pass."""
    centre = (taps - 1) // 2
    n = np.arange(taps) - centre
    # The window ends one sample outside the taps.
    window = np.kaiser(taps + 2, 0.1102 * (attenuation - 8.7))[1:-1]
    return (2 * high / rate * np.sinc(2 * high / rate * n) - 2 * low / rate * np.sinc(2 * low / rate * n)) * window


def band_filters(cutoff):
    """[BANDS, taps]; zeros below the cut-off. The first band reaches down into the slope that cut the content off."""
    filters = np.zeros((BANDS, 2 * SHAPING_DELAY + 1))
    first = EDGES.index(cutoff)
    for band in range(first, BANDS):
        filters[band] = kaiser_filter(2 * SHAPING_DELAY + 1, 0.985 * cutoff if band == first else EDGES[band], EDGES[band + 1])
    return filters


def source_width(cutoff):
    return 2000 if cutoff <= 4000 else 4000


def resampler_delay(rate):
    """DelaySamples of Resampler(rate, 48000)."""
    return {8000: 164, 16000: 82}[rate]


def delay(rate):
    """By how many samples at 48 kHz the stage's output is later than its input."""
    return resampler_delay(rate) + SOURCE_DELAY + SHAPING_DELAY


def upsample(samples, rate, pass_edge=0.9, stop_edge=1.1):
    """To 48 kHz without delay, through the stream resampler's filter."""
    up = RATE // rate
    half = (84 - 7.95) / (2.285 * np.pi * (stop_edge - pass_edge)) / 2
    n = np.arange(-int(half * up), int(half * up) + 1) / up
    edge = (pass_edge + stop_edge) / 2
    taps = np.sinc(edge * n) * np.i0(0.1102 * (84 - 8.7) * np.sqrt(np.maximum(0, 1 - (n / half) ** 2)))
    return ss.resample_poly(samples, up, 1, window=taps / taps.sum())


def analysis_window(rate):
    size = int(rate / 62.5)
    rise = size * 3 // 4
    i = np.arange(size)
    s = np.where(i < rise, np.sin(np.pi / 2 * (i + 0.5) / rise), np.cos(np.pi / 2 * (i - rise + 0.5) / (size - rise))) ** 2
    return s / np.sqrt(np.sum(s**2))


def band_powers(samples, rate):
    """[2 * blocks, FEATURES]: mean power of the feature bands in the 16 ms that end with each 5 ms of the input."""
    size, half = int(rate / 62.5), rate // 200
    frames = len(samples) // half
    padded = np.concatenate((np.zeros(size), samples))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[half : half * frames + 1 : half]
    power = np.abs(np.fft.rfft(windows * analysis_window(rate))) ** 2 + POWER_FLOOR
    bins = np.minimum(np.ceil(FEATURE_EDGES / 62.5).astype(int), power.shape[1] - 1)
    below = np.concatenate((np.zeros((frames, 1)), np.cumsum(power, 1)), 1)[:, bins]
    return np.where(np.diff(bins) > 0, np.diff(below, axis=1) / np.maximum(1, np.diff(bins)), 0)


def features(powers, cutoff):
    """What the network sees of band powers."""
    seen = np.maximum(-11, np.log10(np.maximum(powers, 1e-30)))
    seen[..., FEATURE_EDGES[1:] > cutoff] = -11
    return (seen + 7) / 2


def carriers(low, cutoff):
    """Copies of the source band and the amplitude of the noise, at 48 kHz, of a signal there, without delay."""
    width = source_width(cutoff)
    taps = 2 * SOURCE_DELAY + 1
    base = kaiser_filter(taps, 0, width / 2)
    n = np.arange(taps) - SOURCE_DELAY
    analytic = 2 * ss.oaconvolve(low, base * np.exp(2j * np.pi * (cutoff - width / 2) / RATE * n), "same")
    copies = int(np.ceil((TOP - cutoff) / width))
    period = RATE // width
    k = np.arange(1, copies + 1)[:, None]
    shift = np.exp(1j * (2 * np.pi * k * np.arange(period) / period + np.pi * k**2 / copies)).sum(0)
    copy = np.real(analytic * np.resize(shift, len(low)))
    envelope = ss.lfilter([0.12], [1, -0.88], np.abs(analytic) ** 2)
    envelope[envelope < 1e-13] = 0
    return copy, np.sqrt(envelope / 2 * (RATE / 2) / width)
