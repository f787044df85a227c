"""
The second stage of training: critics that tell real from concealed speech by its spectrogram at three resolutions (least squares), and
the distance of what they see in both. The concealment is judged with the 40 ms of speech before it and after it.
"""

import torch
import torch.nn.functional as F
from torch import nn

import losses

WINDOWS = (256, 512, 1024)
MATCHING = 2.0


class Critic(nn.Module):
    def __init__(self, length, channels=16):
        super().__init__()
        self.length = length
        norm = nn.utils.weight_norm
        self.layers = nn.ModuleList([
            norm(nn.Conv2d(2, channels, (7, 3), padding=(3, 1))),
            norm(nn.Conv2d(channels, channels, (5, 3), stride=(2, 1), padding=(2, 1))),
            norm(nn.Conv2d(channels, 2 * channels, (5, 3), stride=(2, 2), padding=(2, 1))),
            norm(nn.Conv2d(2 * channels, 2 * channels, (5, 3), stride=(2, 1), padding=(2, 1))),
        ])
        self.judge = norm(nn.Conv2d(2 * channels, 1, 3, padding=1))

    def forward(self, signal):
        """What the layers see and, last, the judgement; signal [n, samples] over the level of the past."""
        magnitude = losses.spectrum(signal, self.length)
        height = torch.linspace(-1, 1, magnitude.shape[1], device=signal.device)[None, :, None].expand_as(magnitude)
        x = torch.stack((torch.log(magnitude + losses.FLOOR), height), 1)
        seen = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            seen.append(x)
        return seen + [self.judge(x)]


class Adversary(nn.Module):
    def __init__(self):
        super().__init__()
        self.critics = nn.ModuleList(Critic(length) for length in WINDOWS)

    def teach(self, real, made):
        """What the critics minimise."""
        return sum(((critic(real)[-1] - 1) ** 2).mean() + (critic(made.detach())[-1] ** 2).mean() for critic in self.critics) / len(WINDOWS)

    def judge(self, real, made):
        """What the network minimises."""
        total = 0
        for critic in self.critics:
            with torch.no_grad():
                right = critic(real)
            seen = critic(made)
            matching = sum((a - b).abs().mean() / b.abs().mean().clamp_min(1e-3) for a, b in zip(seen[:-1], right[:-1])) / (len(seen) - 1)
            total = total + ((seen[-1] - 1) ** 2).mean() + MATCHING * matching
        return total / len(WINDOWS)
