"""
What train.py minimises: the log-spectral distance above the cut-off as it is measured in the end (2048 samples, every 512, floor 1e-8), levels of
bands at a resolution of 5 ms, and levels above the truth once more, for hiss is worse than a dim voice; from levels alone, too, the power in the
quietest frames where it is above the truth. All up to the recording's own bandwidth and 16 kHz: the few voices that go further would be learnt by
heart, hiss and codec and all. Above that, and where voices are few, gains are held smooth over the bands.
"""

import numpy as np
import torch

import levels
import signal_path as sp

RATE = 48000
TOP = 16000
REGIONS = ((0, 8000, 1.0), (8000, 15000, 1.0), (15000, TOP, 0.3))
SKIP = 0.3
OVER = 0.08
BANDS = 0.5
FLOOR = 1e-8
QUIET = 0.6
QUIET_SHARE = 0.12
QUIET_MARGIN = 0.05
SMOOTH = 0.1
# Fall from band to band above TOP, bels.
FALL = 0.4
FIRST_UNHEARD = sp.EDGES.index(16500)


def log_power(signal, length, hop):
    window = torch.hann_window(length + 2, periodic=False)[1:-1]
    spectrum = torch.stft(signal, length, hop, window=window, center=False, return_complex=True)
    return spectrum.real**2 + spectrum.imag**2


def regions(cutoff, bandwidth, hz):
    """For each region its weight and the bins of it that count, [n, bins]."""
    for low, high, weight in REGIONS:
        mask = (hz >= low) & (hz < high) & (hz >= cutoff[:, None]) & (hz < bandwidth[:, None])
        yield weight, mask.float()


def spectral_distances(made, target, cutoff, bandwidth, skip=SKIP):
    """[n, regions] of mean distances and which of them count; and the mean level above the truth."""
    first = int(skip * RATE / 512)
    a, b = (torch.log10(log_power(x, 2048, 512)[:, 128:, first:].clamp_min(FLOOR)) for x in (made, target))
    hz = torch.arange(128, 1025) * RATE / 2048
    square = (a - b) ** 2
    distances, counts = [], []
    for _, mask in regions(cutoff, bandwidth, hz):
        width = mask.sum(1)
        mean = torch.einsum("nft,nf->nt", square, mask) / width.clamp_min(1)[:, None]
        distances.append((mean + 1e-4).sqrt().mean(1))
        counts.append((width > 20).float())
    return torch.stack(distances, 1), torch.stack(counts, 1)


def band_levels(made, target, cutoff, bandwidth):
    """Mean absolute difference, and mean square of what is too loud, of the levels of bands of 937 Hz every 5 ms."""
    first = int(SKIP * RATE / 240)
    a, b = (log_power(x, 512, 240)[:, :, first:] for x in (made, target))
    hz = torch.arange(0, 257 - 17, 10) * RATE / 512
    mask = ((hz >= cutoff[:, None]) & (hz + 937 <= bandwidth[:, None].clamp_max(TOP))).float()
    levels = [torch.log10(torch.nn.functional.avg_pool1d(x.transpose(1, 2).flatten(0, 1)[:, None], 10).squeeze(1)[:, : len(hz)] + 1e-9) for x in (a, b)]
    difference = (levels[0] - levels[1]).view(len(made), -1, len(hz))
    count = mask.sum() * difference.shape[1] + 1
    return (difference.abs() * mask[:, None]).sum() / count, ((difference - 0.1).clamp_min(0) ** 2 * mask[:, None]).sum() / count


def total(made, target, cutoff, bandwidth, gains):
    distances, counts = spectral_distances(made, target, cutoff, bandwidth)
    weights = counts * torch.tensor([w for _, _, w in REGIONS])
    distance = (distances * weights).sum() / weights.sum().clamp_min(1)
    level, over = band_levels(made, target, cutoff, bandwidth)
    return distance + BANDS * level + OVER * over + SMOOTH * roughness(gains), distance, level, over


def roughness(gains):
    """Mean square of the bend of the gains over the bands, and of what the bands above TOP miss a steady fall by."""
    bend = gains[..., 2:] - 2 * gains[..., 1:-1] + gains[..., :-2]
    miss = gains[..., FIRST_UNHEARD:] - gains[..., FIRST_UNHEARD - 1 : -1] + FALL
    return (bend[..., : FIRST_UNHEARD - 1] ** 2).mean() + (miss**2).mean()


class Expected:
    """The same losses, expected from levels alone (levels.py)."""

    # Means of the logarithm below the logarithm of the mean, for the four bins of a short cell.
    SHORT_BIAS = 0.0565

    def __init__(self):
        hz = levels.CENTRES
        taps = np.arange(2 * sp.SHAPING_DELAY + 1) - sp.SHAPING_DELAY
        waves = np.cos(2 * np.pi * hz[:, None] / sp.RATE * taps)
        self.responses = torch.tensor(np.stack([sp.band_filters(cutoff) @ waves.T for cutoff in sp.CUTOFFS]), dtype=torch.float32)
        self.hz = torch.tensor(hz, dtype=torch.float32)
        offsets = sp.STEP * np.arange(-3, 5) - sp.STEP // 2
        weights = (0.5 + 0.5 * np.cos(np.pi * offsets / (levels.LONG / 2))) ** 2
        ratio = (levels.windows(levels.LONG) ** 2).sum() / (levels.windows(levels.SHORT) ** 2).sum()
        self.weights = torch.tensor(weights / weights.sum() * ratio * 10**-levels.NOISE_BIAS, dtype=torch.float32)

    def __call__(self, gains, batch):
        short, heard, cutoff, bandwidth, long = batch
        which = (torch.tensor(sp.CUTOFFS) == cutoff[:, None]).float().argmax(1)
        amplitude = torch.exp(gains * (np.log(10) / 2))
        middle = (amplitude + torch.cat((torch.zeros_like(amplitude[:, :1]), amplitude[:, :-1]), 1)) / 2
        shape = torch.matmul(middle.flatten(1, 2), self.responses[which]).unflatten(1, (-1, 2)) ** 2
        linear = 10**short
        plain, copy, _ = linear[..., : 3 * levels.CELLS].split(levels.CELLS, 2)
        truth = short[..., 2 * levels.CELLS : 3 * levels.CELLS]
        power = plain + shape[:, :, 0] * copy + shape[:, :, 1] * linear[..., -1:]
        half = RATE / 512 * 2
        mask = ((self.hz - half >= cutoff[:, None]) & (self.hz + half <= bandwidth[:, None].clamp_max(TOP))).float()
        skip = int(SKIP * 100)
        difference = (torch.log10(power + 1e-9) - self.SHORT_BIAS - torch.log10(10**truth + 1e-9))[:, 2 * skip :]
        count = mask.sum() * difference.shape[1] + 1
        level = (difference.abs() * mask[:, None]).sum() / count
        # As it is measured in the end: power of the quietest frames together.
        overall = heard.sum(2)
        quiet = (overall <= overall[:, 2 * skip :].quantile(QUIET_SHARE, dim=1, keepdim=True)).float()
        quiet[:, : 2 * skip] = 0
        sums = [torch.einsum("ntc,nc,nt->n", x, mask, quiet) + 1e-9 for x in (power, 10**truth)]
        hiss = (torch.log10(sums[0] / sums[1]) + QUIET_MARGIN).clamp(0, 1.5).pow(2).mean()
        padded = torch.nn.functional.pad(power, (0, 0, 3, 4))
        # Block T covers the steps 2T and 2T+1; its eight steps begin three before.
        whole = (padded.unfold(1, 8, 2) * self.weights).sum(3)
        mean, variance = long.split(levels.CELLS, 2)
        distance = (torch.log10(whole + FLOOR) - mean)[:, skip:]
        square = distance**2 + variance[:, skip:] + levels.NOISE_VARIANCE
        over = ((distance - 0.1).clamp_min(0) ** 2 * mask[:, None]).sum() / (mask.sum() * distance.shape[1] + 1)
        total, weights = 0.0, 0.0
        for low, high, weight in REGIONS:
            inside = mask * ((self.hz >= low) & (self.hz < high))
            width = inside.sum(1)
            frames = (torch.einsum("ntc,nc->nt", square, inside) / width.clamp_min(1)[:, None] + 1e-4).sqrt().mean(1)
            counted = weight * (width > 0)
            total, weights = total + (frames * counted).sum(), weights + counted.sum()
        mean_distance = total / weights.clamp_min(1)
        return mean_distance + BANDS * level + OVER * over + QUIET * hiss + SMOOTH * roughness(gains), mean_distance, level, over, hiss
