"""
What train.py minimises: the log-spectral distance above the cut-off as it is measured in the end (2048 samples, every 512, floor 1e-8), levels of
bands at a resolution of 5 ms, and levels above the truth once more, for hiss is worse than a dim voice. All up to the recording's own bandwidth.
"""

import torch

RATE = 48000
REGIONS = ((0, 8000, 1.0), (8000, 15000, 1.0), (15000, 20000, 0.3))
SKIP = 0.3
OVER = 0.3
BANDS = 0.5
FLOOR = 1e-8


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
    mask = ((hz >= cutoff[:, None]) & (hz + 937 <= bandwidth[:, None].clamp_max(20000))).float()
    levels = [torch.log10(torch.nn.functional.avg_pool1d(x.transpose(1, 2).flatten(0, 1)[:, None], 10).squeeze(1)[:, : len(hz)] + 1e-9) for x in (a, b)]
    difference = (levels[0] - levels[1]).view(len(made), -1, len(hz))
    count = mask.sum() * difference.shape[1] + 1
    return (difference.abs() * mask[:, None]).sum() / count, ((difference - 0.1).clamp_min(0) ** 2 * mask[:, None]).sum() / count


def total(made, target, cutoff, bandwidth):
    distances, counts = spectral_distances(made, target, cutoff, bandwidth)
    weights = counts * torch.tensor([w for _, _, w in REGIONS])
    distance = (distances * weights).sum() / weights.sum().clamp_min(1)
    level, over = band_levels(made, target, cutoff, bandwidth)
    return distance + BANDS * level + OVER * over, distance, level, over
