#!/usr/bin/env python3
"""Makes the calls that train.py reads: what was said, what the classical stage played, and where the losses are.

    pack.py --data DIR --out WORK/pack --rtc "dotnet rtc.dll" [--rounds 3] [--gpl]

DIR holds speech/manifest.tsv with its files, and loss-traces. Every round takes each recording of the split once, with its own speed,
band, noise and codec (none, G.711, G.722, Opus), and its own stretch of a loss trace. `rtc conceal` plays the call; so the past of
a loss holds earlier concealments as it does in use. Each file holds the calls of 24 recordings; files that lie there already are kept, so the command
may be stopped and repeated. A fourth of the training recordings is taken once more as telephone calls: through G.711, and concealed at 8 kHz.
"""

import argparse
import csv
import os
import shlex
import subprocess
import tempfile

import numpy as np
import scipy.signal as ss
import soundfile

RATE = 16000
TELEPHONE = 8000
PACKET = 320
TRACES = ("ge_p5", "ge_p10", "ge_p10", "ge_p20", "ge_p20", "ge_p30", "ge_p30", "ge_long_p10", "ge_long_p20", "lossgen_p10", "lossgen_p20",
          "lossgen_p30", "1214_is_lost", "2307_is_lost")


def ffmpeg(arguments, data=None):
    return subprocess.run(["ffmpeg", "-v", "error", *shlex.split(arguments), "-"], input=data, stdout=subprocess.PIPE, check=True).stdout


def read(path):
    samples = np.frombuffer(ffmpeg(f"-i {shlex.quote(path)} -ac 1 -ar {RATE} -f f32le"), np.float32)
    return samples / max(1.0, np.abs(samples).max() / 0.99)


def through_codec(samples, codec, bitrate):
    """The samples as a decoder gives them, aligned again."""
    raw = samples.astype("<f4").tobytes()
    source = f"-f f32le -ar {RATE} -ac 1 -i -"
    if codec == "g711":
        coded, back = ffmpeg(f"{source} -ar 8000 -c:a pcm_mulaw -f mulaw", raw), "-f mulaw -ar 8000"
    elif codec == "g722":
        coded, back = ffmpeg(f"{source} -c:a g722 -f g722", raw), "-f g722"
    else:
        coded, back = ffmpeg(f"{source} -c:a libopus -application voip -b:a {bitrate}k -f ogg", raw), "-f ogg"
    decoded = np.frombuffer(ffmpeg(f"{back} -i - -ac 1 -ar {RATE} -f f32le", coded), np.float32)
    delay = int(np.argmax(ss.correlate(decoded[:8 * RATE], samples[:8 * RATE], method="fft")[min(len(samples), 8 * RATE) - 1 :][:1600]))
    decoded = decoded[delay:]
    return np.pad(decoded, (0, max(0, len(samples) - len(decoded))))[: len(samples)]


def vary(samples, others, rng, codec=None):
    """One caller: another speed, band, background, level and codec, which may be given."""
    if rng.random() < 0.4:
        up, down = [(9, 10), (19, 20), (20, 19), (10, 9)][rng.integers(4)]
        samples = ss.resample_poly(samples, up, down)
    codec = codec or rng.choice(["none", "g711", "g722", "opus"], p=[0.4, 0.15, 0.2, 0.25])
    if rng.random() < 0.15:
        samples = ss.sosfilt(ss.butter(8, rng.uniform(3400, 7000), fs=RATE, output="sos"), samples)
    if rng.random() < 0.35:
        noise = rng.standard_normal(len(samples))
        kind = rng.integers(3)
        if kind == 1:
            noise = ss.lfilter([1], [1, -0.95], noise)
        elif kind == 2:
            noise = sum(np.roll(np.resize(o, len(samples)), rng.integers(len(samples))) for o in others)
        noise *= np.sqrt(np.mean(samples**2) / max(1e-12, np.mean(noise**2))) * 10 ** (-rng.uniform(10, 40) / 20)
        samples = samples + noise
    samples = samples * (10 ** (rng.uniform(-12, -1) / 20) / max(1e-6, np.abs(samples).max()))
    if codec != "none":
        samples = through_codec(samples, codec, int(rng.choice([9, 12, 16, 24, 32])))
    # Losses fall anywhere in a recording.
    return samples[rng.integers(PACKET) :].astype(np.float32)


def losses(packets, traces, rng):
    """Flags of the packets of one call: a stretch of a trace, after half a second in which nothing is lost."""
    trace = traces[rng.integers(len(traces))]
    lost = np.take(trace, range(rng.integers(len(trace)), len(trace) + packets), mode="wrap")[:packets]
    lost[:25] = False
    lost[-2:] = False
    return lost


def best_lag(signal, length, first, last, penalty):
    """PitchSearch.Best for many signals at once: [n, samples] -> lag, correlation; first and last per signal or one for all."""
    n, width = signal.shape
    end = signal[:, -length:]
    lags = np.arange(np.min(first), np.max(last) + 1)
    windows = np.lib.stride_tricks.sliding_window_view(signal, length, axis=1)[:, width - length - lags]
    cross = np.einsum("nlw,nw->nl", windows, end)
    product = (end**2).sum(1)[:, None] * np.einsum("nlw,nlw->nl", windows, windows)
    correlation = np.where(product > 1e-18, cross / np.sqrt(np.maximum(product, 1e-30)), 0)
    score = correlation * (1 - penalty * lags / np.reshape(last, (-1, 1)))
    score = np.where((lags < np.reshape(first, (-1, 1))) | (lags > np.reshape(last, (-1, 1))), -np.inf, score)
    best = score.argmax(1)
    return lags[best], np.clip(correlation[np.arange(n), best], 0, 1)


def pitch(past):
    """PitchSearch.Find at 16 kHz for [n, samples]."""
    shortest, longest, window, factor = 35, 288, 192, 2
    size = ((window + longest) // factor + 2) * factor
    decimated = past[:, -size:].reshape(len(past), -1, factor).sum(2)
    coarse = best_lag(decimated, window // factor, shortest // factor, longest // factor, 0.2)[0] * factor
    return best_lag(past, window, np.maximum(shortest, coarse - factor), np.minimum(longest, coarse + factor), 0)


def conceal(command, samples, lost, rate):
    """What the classical stage plays when the stream has this rate, carried back to 16 kHz."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("in.wav", "loss.txt", "out.wav")]
        soundfile.write(paths[0], ss.resample_poly(samples, 1, RATE // rate), rate, subtype="FLOAT")
        np.savetxt(paths[1], lost.astype(int), "%d")
        subprocess.run([*shlex.split(command), "conceal", *paths, "--method", "classical"], check=True, stdout=subprocess.DEVNULL)
        return ss.resample_poly(soundfile.read(paths[2], dtype="float32")[0], RATE // rate, 1)


def make_part(rows, args, traces, rng, rate=RATE):
    calls, flags = [], []
    order = rng.permutation(len(rows))
    recent = [read(os.path.join(args.data, "speech", rows[i]["path"])) for i in order[:3]]
    for i in order:
        samples = read(os.path.join(args.data, "speech", rows[i]["path"]))
        recent = recent[1:] + [samples]
        samples = vary(samples, recent[:2], rng, codec=None if rate == RATE else "g711")
        calls.append(samples[: len(samples) // PACKET * PACKET])
        flags.append(losses(len(calls[-1]) // PACKET, traces, rng))
    clean, lost = np.concatenate(calls), np.concatenate(flags)
    if rate != RATE:
        clean = ss.resample_poly(ss.resample_poly(clean, 1, RATE // rate), RATE // rate, 1).astype(np.float32)
    edges = np.diff(np.concatenate(([0], lost.astype(int), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    # What the classical stage would have gone on with: every other loss lasts a packet longer.
    played = []
    for parity in (0, 1):
        longer = lost.copy()
        longer[ends[parity::2]] = True
        played.append(conceal(args.rtc, clean, longer, rate))
    played = to_integers(np.stack(played))
    pasts = np.stack([played[n % 2, start * PACKET - 800 : start * PACKET] for n, start in enumerate(starts)]).astype(np.float32) / 32768
    found = [pitch(chunk) for chunk in np.array_split(pasts, max(1, len(pasts) // 200))]
    lags, correlations = (np.concatenate(values) for values in zip(*found))
    return dict(clean=to_integers(clean), played=played, starts=starts * PACKET, ends=ends * PACKET, lag=lags, correlation=correlations.astype(np.float32))


def to_integers(samples):
    return np.clip(np.round(samples * 32768), -32768, 32767).astype(np.int16)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--rtc", required=True, help="command of this repository's tool")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--gpl", action="store_true", help="also voices under the GPL")
    args = parser.parse_args()

    with open(os.path.join(args.data, "speech", "manifest.tsv")) as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if args.gpl or not row["licence"].startswith("GPL")]
    traces = []
    for name in TRACES:
        with open(os.path.join(args.data, "loss-traces", name + ".txt")) as file:
            traces.append(np.array([float(v) > 0.5 for v in file.read().split()]))
    os.makedirs(args.out, exist_ok=True)
    for split, rounds in (("valid", 1), ("train", args.rounds)):
        chosen = [row for row in rows if row["path"].startswith(split + "/")]
        for number in range(rounds):
            order = np.random.default_rng((1, number)).permutation(len(chosen))
            parts = np.array_split(order, max(1, len(chosen) // 24))
            jobs = [(f"{part:02}", these, (1, number, part, split == "valid"), RATE) for part, these in enumerate(parts)]
            if split == "train":
                jobs += [(f"telephone-{part:02}", these, (2, number, part), TELEPHONE) for part, these in enumerate(parts[: len(parts) // 4])]
            for name, these, seed, rate in jobs:
                path = os.path.join(args.out, f"{split}-{number}-{name}.npz")
                if os.path.exists(path):
                    continue
                arrays = make_part([chosen[i] for i in these], args, traces, np.random.default_rng(seed), rate)
                np.savez(path + ".part.npz", **arrays)
                os.replace(path + ".part.npz", path)
                print(f"{path}: {len(arrays['lag'])} losses", flush=True)


if __name__ == "__main__":
    main()
