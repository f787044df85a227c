"""
The concealment network: a source-filter continuation whose filters come from a recurrent net.

A loss begins with the features of the last 150 ms of the past, of which a GRU makes the first states, a conditioning vector and an
envelope: by how much bands of the classical continuation are to be louder or quieter, every 10 ms for 150 ms. From
then on each step writes 5 ms: three sources (what the classical stage plays with that envelope, the own output repeated at the pitch,
white noise) go through short filters that the net chooses and that change along ramps, so that no border of a step is heard. The first
step of training plays the classical concealment to the sample: its filter starts as the identity, the others as nothing, the envelope
is flat. All signals are divided by the level of the last 40 ms, so that the net knows no loudness. After 120 ms the output gives way to
the classical stage, which fades to background noise.
"""

import numpy as np
import torch
from torch import nn

RATE = 16000
STEP = 80
TAPS = 31
HALF = TAPS // 2
SOURCES = 3
LOOK = STEP + 40
OWN = 160
FRAMES, FRAME, HOP, FFT, BANDS = 15, 320, 160, 512, 32
FEATURE_PAST = HOP * (FRAMES - 1) + FRAME
HOLD, GONE = RATE * 120 // 1000, RATE * 240 // 1000
LEAST_LEVEL, LEVEL_LENGTH = 1e-4, 640
HEADROOM = 1.2
TIMES = 4
# The envelope: natural logarithms of gains, for bands that sum to 1, at so many places 10 ms apart after the beginning, where it is flat.
PLACES, GAINS, SHAPER = 15, 16, 47
EDGE = SHAPER // 2
FARTHEST = 2.3

NETWORKS = {
    "small": dict(encode=48, context=64, condition=32, wave=96, first=96, second=64, last=64),
    # The half of the large one that grow.py takes the envelope from.
    "envelope": dict(encode=48, context=128, condition=16, wave=16, first=16, second=16, last=16),
    "large": dict(encode=96, context=192, condition=64, wave=192, first=192, second=160, last=160),
}


def band_matrix():
    """[bins, BANDS]: triangles of unit height, 100 Hz apart at the bottom and wider with the mel scale, 0 to 8 kHz."""
    def mel(hz):
        return 2595 * np.log10(1 + hz / 700)

    edges = 700 * (10 ** (np.linspace(mel(0), mel(RATE / 2), BANDS + 2) / 2595) - 1)
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    rising = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def shapers():
    """[GAINS, SHAPER]: filters of zero phase for bands around centres on the mel scale, which together let everything pass."""
    centres = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 1400), GAINS) / 2595) - 1)
    bands = np.stack([np.interp(np.arange(FFT // 2 + 1) * RATE / FFT, centres, row) for row in np.eye(GAINS)])
    response = np.fft.irfft(bands, FFT, axis=1)
    response = np.concatenate((response[:, -EDGE:], response[:, : EDGE + 1]), 1)
    return (response * np.hanning(SHAPER + 2)[1:-1]).astype(np.float32)


def level_of(past):
    """Root of the mean square of the last 40 ms, [n, 1]."""
    return past[:, -LEVEL_LENGTH:].pow(2).mean(1, keepdim=True).sqrt().clamp_min(LEAST_LEVEL)


class Concealer(nn.Module):
    def __init__(self, name):
        super().__init__()
        size = NETWORKS[name]
        self.name = name
        self.encode = nn.Linear(BANDS, size["encode"])
        self.context = nn.GRU(size["encode"], size["context"], batch_first=True)
        self.start = nn.Linear(size["context"], size["first"] + size["second"] + size["condition"])
        self.split = [size["first"], size["second"], size["condition"]]
        self.envelope = nn.Linear(size["context"] + 2, PLACES * GAINS)
        self.wave = nn.Linear(OWN + LOOK + STEP + size["condition"] + TIMES + GAINS, size["wave"])
        self.first = nn.GRUCell(size["wave"], size["first"])
        self.second = nn.GRUCell(size["first"], size["second"])
        self.last = nn.Linear(size["wave"] + size["first"] + size["second"], size["last"])
        self.out = nn.Linear(size["last"], SOURCES * TAPS)
        self.register_buffer("window", torch.hann_window(FRAME), persistent=False)
        self.register_buffer("bands", torch.from_numpy(band_matrix()), persistent=False)
        self.register_buffer("shapers", torch.from_numpy(shapers()), persistent=False)
        for gru in (self.context, self.first, self.second):
            for key, value in gru.named_parameters():
                if "weight_hh" in key:
                    for gate in value.data.chunk(3):
                        nn.init.orthogonal_(gate)
        nn.init.zeros_(self.envelope.weight)
        nn.init.zeros_(self.envelope.bias)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)
        with torch.no_grad():
            self.out.bias[HALF] = 1

    def features(self, past):
        """[n, FRAMES, BANDS] of a past divided by its level."""
        frames = past[:, -FEATURE_PAST:].unfold(1, FRAME, HOP) * self.window
        power = torch.fft.rfft(frames, FFT).abs().pow(2)
        return torch.log10(power @ self.bands / FRAME + 1e-5) / 3

    def begin(self, past, constant, steps):
        """First states, condition, and the envelope [n, steps + 1, GAINS]."""
        frames = torch.tanh(self.encode(self.features(past)))
        state = self.context(frames)[1][0]
        first, second, condition = torch.tanh(self.start(state)).split(self.split, 1)
        gains = self.envelope(torch.cat((state, constant), 1)).view(-1, PLACES, GAINS).clamp(-FARTHEST, FARTHEST)
        gains = nn.functional.pad(gains, (0, 0, 1, 0))
        place = torch.arange(steps + 1, device=past.device) * (STEP / HOP)
        before = place.long().clamp_max(PLACES)
        after = (before + 1).clamp_max(PLACES)
        return first, second, condition, torch.lerp(gains[:, before], gains[:, after], (place - before).clamp(0, 1)[None, :, None])

    def shape(self, source, envelope):
        """
        The source [n, EDGE + HALF + samples] with the envelope, EDGE samples shorter at both ends. From its first HALF samples after the
        beginning on, every step leads from one gain to the next.
        """
        steps, start = envelope.shape[1] - 1, EDGE + 2 * HALF
        taps = (envelope.exp() - 1) @ self.shapers
        taps[:, :, EDGE] += 1
        windows = source[:, start - EDGE : start + EDGE + steps * STEP].unfold(1, SHAPER, 1).unflatten(1, (steps, STEP))
        old, new = (torch.einsum("nstk,nsk->nst", windows, t) for t in (taps[:, :-1], taps[:, 1:]))
        rise = (torch.arange(STEP, device=source.device) + 0.5) / STEP
        return torch.cat((source[:, EDGE:start], torch.lerp(old, new, rise).flatten(1)), 1)

    def foresee(self, past, classical, lag, correlation, steps):
        """What the envelope alone makes of the classical continuation; arguments and result as those of `forward`."""
        level, count = level_of(past), int(steps[0])
        peak = past[:, -LEVEL_LENGTH:].abs().amax(1, keepdim=True)
        limit = (HEADROOM * peak).clamp_max(1) / level
        past, classical = past / level, classical / level
        envelope = self.begin(past, self.constant(lag, correlation), count)[3]
        shaped = self.shape(torch.cat((past[:, -EDGE - HALF :], classical), 1), envelope)[:, HALF : HALF + count * STEP]
        plain = classical[:, : count * STEP]
        share = torch.cat([self.share(at, past.device) for at in range(0, count * STEP, STEP)])
        inside = torch.arange(count * STEP, device=past.device) < steps[:, None] * STEP
        return torch.minimum(torch.maximum(plain + share * (shaped - plain), -limit), limit) * inside

    @staticmethod
    def constant(lag, correlation):
        return torch.stack((correlation, torch.log2(lag / 64.0)), 1)

    def forward(self, past, classical, lag, correlation, steps, noise):
        """
        The continuation, [n, steps[0] * STEP], over the level. past [n, samples] and classical [n, at least steps[0] * STEP + 40 + HALF]
        as played, lag [n] in samples, steps [n] falling (after its last step a row holds zeros), noise [n, as long] of unit variance.
        """
        level = level_of(past)
        peak = past[:, -LEVEL_LENGTH:].abs().amax(1, keepdim=True)
        limit = (HEADROOM * peak).clamp_max(1) / level
        past, classical = past / level, classical / level
        lag = lag.long()
        constant = self.constant(lag, correlation)
        first, second, condition, envelope = self.begin(past, constant, int(steps[0]))
        source = torch.cat((past[:, -EDGE - HALF :], classical), 1)
        shaped, source = self.shape(source, envelope), source[:, EDGE:]
        heard = past[:, -OWN - 2 * 288 :]
        taps = torch.zeros(len(past), SOURCES * TAPS, device=past.device)
        taps[:, HALF] = 1
        rise = (torch.arange(STEP, device=past.device) + 0.5) / STEP
        ramp = torch.stack((1 - rise, rise), -1)
        reach = torch.arange(-HALF, STEP + HALF, device=past.device)
        outputs = []
        for step in range(int(steps[0])):
            at = step * STEP
            n = int((steps > step).sum())
            first, second, taps, heard = (x[:n] for x in (first, second, taps, heard))
            periods = torch.div(reach[None], lag[:n, None], rounding_mode="floor").clamp_min(0) + 1
            own = heard.gather(1, heard.shape[1] + reach[None] - periods * lag[:n, None])
            share = self.share(at, past.device)
            time = past.new_tensor([[at / HOLD, float(share.mean())]]).expand(n, -1)
            inputs = torch.cat((heard[:, -OWN:], source[:n, HALF + at : HALF + at + LOOK], own[:, HALF:-HALF], condition[:n], constant[:n], time, envelope[:n, step + 1]), 1)
            wave = torch.tanh(self.wave(inputs))
            first = self.first(wave, first)
            second = self.second(first, second)
            last = torch.tanh(self.last(torch.cat((wave, first, second), 1)))
            new = self.out(last)
            windows = [s.unfold(1, TAPS, 1) for s in (shaped[:n, at : at + STEP + 2 * HALF], own, noise[:n, at : at + STEP + 2 * HALF])]
            made = (torch.bmm(torch.cat(windows, 2), torch.stack((taps, new), 2)) * ramp).sum(2)
            taps = new
            plain = source[:n, HALF + at : HALF + at + STEP]
            made = torch.minimum(torch.maximum(plain + share * (made - plain), -limit[:n]), limit[:n])
            heard = torch.cat((heard[:, STEP:], made), 1)
            outputs.append(nn.functional.pad(made, (0, 0, 0, len(past) - n)))
        return torch.cat(outputs, 1)

    @staticmethod
    def share(at, device=None):
        """How much of the net is in the output, for each of STEP samples from `at` into the loss."""
        return ((GONE - at - torch.arange(STEP, device=device)) / (GONE - HOLD)).clamp(0, 1)


def parameters(network):
    return sum(p.numel() for p in network.parameters())


if __name__ == "__main__":
    for name in NETWORKS:
        network = Concealer(name)
        n, steps = 4, torch.tensor([50, 50, 30, 12])
        past, classical = torch.randn(n, 3200) * 0.1, torch.randn(n, 4160) * 0.05
        lag, correlation = torch.tensor([35, 80, 160, 288]), torch.rand(n)
        out = network(past, classical, lag, correlation, steps, torch.randn(n, 50 * STEP + 2 * HALF))
        classical = classical[:, : 50 * STEP] * (torch.arange(50 * STEP) < steps[:, None] * STEP)
        error = (out * level_of(past) - classical).abs().max().item()
        per_step = sum(m.weight.numel() for m in (network.wave, network.last, network.out)) + sum(
            p.numel() for g in (network.first, network.second) for k, p in g.named_parameters() if "weight" in k)
        print(name, parameters(network), "parameters;", 2 * per_step, "multiply-adds a 10 ms block; at first differs from classical by", error)
