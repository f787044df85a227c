#!/usr/bin/env python3
"""Makes the examples that train.py reads: narrow speech as it arrives, what the stage makes of it before the network, and the full band.

    pack.py --data DIR --out WORK/pack [--rounds 3] [--gpl] [--also FOLDER ...] [--rtc "dotnet rtc.dll"]

DIR holds speech/manifest.tsv with its files. Every round takes each recording of the split once, with its own speed, tilt, background,
cut-off and codec (none, G.711, G.722, Opus narrow and wide band). Recordings at 16 kHz serve 8 kHz input only. Voices under the GPL go to
files of their own, train-gpl-*. Files that lie there already are kept, so the command may be stopped and repeated. --also names
folders of further recordings with a manifest.tsv of the same columns.

Arrays of a file, all signals at 48 kHz delayed as the stage delays them, high-passed at 3 kHz, 16-bit floats of 256 times the sample:
plain (resampled input), copy, noise (amplitude), target; their levels (levels.py); powers [5 ms, bands] of the input; facts of each recording.
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

import levels
import signal_path as sp

SCALE = 256
RECORDINGS = 8
TRACES = ("ge_p5", "ge_p10", "lossgen_p10", "lossgen_p20")


def ffmpeg(arguments, data=None):
    return subprocess.run(["ffmpeg", "-v", "error", *shlex.split(arguments), "-"], input=data, stdout=subprocess.PIPE, check=True).stdout


def read(path, rate):
    samples = np.frombuffer(ffmpeg(f"-i {shlex.quote(path)} -ac 1 -ar {rate} -f f32le"), np.float32).astype(np.float64)
    return samples / max(1.0, np.abs(samples).max() / 0.99)


def through_codec(samples, rate, codec, bitrate):
    """The samples as a decoder gives them, aligned again."""
    raw = samples.astype("<f4").tobytes()
    source = f"-f f32le -ar {rate} -ac 1 -i -"
    if codec in ("g711", "g711a"):
        law = "alaw" if codec == "g711a" else "mulaw"
        coded, back = ffmpeg(f"{source} -c:a pcm_{law} -f {law}", raw), f"-f {law} -ar 8000"
    elif codec == "g722":
        coded, back = ffmpeg(f"{source} -c:a g722 -f g722", raw), "-f g722"
    else:
        cutoff = "-cutoff 4000" if rate == 8000 else "-cutoff 8000"
        coded, back = ffmpeg(f"{source} -c:a libopus -application voip {cutoff} -b:a {bitrate}k -f ogg", raw), "-f ogg"
    decoded = np.frombuffer(ffmpeg(f"{back} -i - -ac 1 -ar {rate} -f f32le", coded), np.float32).astype(np.float64)
    head = min(len(samples), 8 * rate)
    delay = int(np.argmax(ss.correlate(decoded[: 8 * rate], samples[:head], method="fft")[head - 1 :][: rate // 10]))
    decoded = decoded[delay:]
    return np.pad(decoded, (0, max(0, len(samples) - len(decoded))))[: len(samples)]


def narrow(samples, from_rate, rate, rng):
    """Down to the codec's rate, with a sharp or a gentle filter."""
    factor = from_rate // rate
    if factor == 1:
        return samples
    edge = rng.uniform(0.93, 1.0)
    return ss.resample_poly(samples, 1, factor, window=ss.firwin(64 * factor + 1, edge / factor, window=("kaiser", 8)))


def vary(samples, rate, rng, plainly):
    """One caller: another speed, tilt and level, and a background."""
    if not plainly and rng.random() < 0.5:
        up, down = [(9, 10), (19, 20), (20, 19), (10, 9)][rng.integers(4)]
        samples, speed = ss.resample_poly(samples, up, down), down / up
    else:
        speed = 1.0
    if not plainly and rng.random() < 0.3:
        hz = np.linspace(0, rate / 2, 65)
        decibels = rng.normal(0, 2.0) * np.log2(np.maximum(hz, 300) / 2000) / 2
        samples = ss.oaconvolve(samples, ss.firwin2(129, hz, 10 ** (decibels / 20), fs=rate), "same")
    peak = np.abs(samples).max()
    samples = samples * (10 ** (rng.uniform(-14, -1) / 20) / max(1e-6, peak))
    if not plainly and rng.random() < 0.2:
        noise = rng.standard_normal(len(samples))
        noise = ss.lfilter([1], [1, -rng.choice([0, 0.5, 0.9, 0.97])], noise)
        samples = samples + noise * np.sqrt(np.mean(samples**2) / np.mean(noise**2)) * 10 ** (-rng.uniform(20, 50) / 20)
    return samples, speed


def arriving(samples, rate_in, rng, wide_allowed, plain_rate):
    """The narrow signal, its rate, its cut-off and its codec."""
    if plain_rate:
        return narrow(samples, rate_in, plain_rate, rng), plain_rate, plain_rate // 2, "clean"
    if wide_allowed and rng.random() < 0.55:
        kind = rng.choice(["clean", "opus", "g722", "low"], p=[0.45, 0.3, 0.1, 0.15])
        cutoff = 8000
        signal = narrow(samples, rate_in, 16000, rng)
        if kind in ("g722", "low"):
            edge = 7000 if kind == "g722" else rng.uniform(3500, 7900)
            signal = ss.oaconvolve(signal, ss.firwin(257, edge, fs=16000, window=("kaiser", 7)), "same")
            cutoff = max(c for c in sp.CUTOFFS if c <= edge + 100)
        if kind in ("g722", "opus"):
            signal = through_codec(signal, 16000, kind, int(rng.choice([9, 12, 16, 20, 24])))
        return signal, 16000, cutoff, kind
    kind = rng.choice(["clean", "g711", "g711a", "telephone", "opus"], p=[0.4, 0.15, 0.1, 0.2, 0.15])
    signal = narrow(samples, rate_in, 8000, rng)
    cutoff = 4000
    if kind == "telephone":
        signal = ss.oaconvolve(signal, ss.firwin(129, [rng.uniform(100, 300), rng.uniform(3400, 3600)], fs=8000, pass_zero=False), "same")
        cutoff = 3400
    if kind != "clean":
        signal = through_codec(signal, 8000, "g711" if kind == "telephone" else kind, int(rng.choice([9, 12, 16])))
    return signal, 8000, cutoff, kind


def concealed(signal, rate, loss):
    """The signal with packets of 20 ms lost and concealed; loss is the command, the traces and a generator."""
    command, traces, rng = loss
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("in.wav", "loss.txt", "out.wav")]
        soundfile.write(paths[0], signal, rate, subtype="FLOAT")
        trace = traces[rng.integers(len(traces))]
        np.savetxt(paths[1], np.take(trace, rng.integers(len(trace)) + np.arange(len(signal) * 50 // rate + 1), mode="wrap"), "%d")
        subprocess.run([*shlex.split(command), "conceal", *paths, "--method", "classical"], check=True, stdout=subprocess.DEVNULL)
        made = soundfile.read(paths[2])[0]
    return np.pad(made, (0, max(0, len(signal) - len(made))))[: len(signal)]


HIGH_PASS = ss.firwin(321, 2900, fs=sp.RATE, pass_zero=False, window=("kaiser", 7))


def example(row, folder, rng, plain_rate, loss=None):
    rate = 48000 if "/fb/" in row["path"] or row["sr"] == "48000" else 16000
    samples, speed = vary(read(os.path.join(folder, row["path"]), rate), rate, rng, plain_rate)
    bandwidth = min(float(row["real_bandwidth_hz"]) * speed, 0.96 * rate / 2 if rate == 48000 else 7700)
    signal, arriving_rate, cutoff, kind = arriving(samples, rate, rng, rate == 48000, plain_rate)
    if loss:
        signal, kind = concealed(signal, arriving_rate, loss), kind + " lost"
    blocks = len(signal) // (arriving_rate // 100)
    signal = signal[: blocks * arriving_rate // 100]
    length = blocks * 480
    low = sp.upsample(signal, arriving_rate)[:length]
    copy, noise = sp.carriers(low, cutoff)
    target = samples if rate == 48000 else ss.resample_poly(samples, 3, 1, window=("kaiser", 12.0))
    target = np.pad(target, (0, max(0, length - len(target))))[:length]
    late = sp.delay(arriving_rate)
    arrays = []
    for array, cut in ((low, True), (copy, False), (noise, False), (target, True)):
        array = ss.oaconvolve(array, HIGH_PASS, "same") if cut else array
        arrays.append((np.concatenate((np.zeros(late), array))[:length] * SCALE).astype(np.float16))
    powers = sp.band_powers(signal, arriving_rate).astype(np.float32)
    return arrays, powers, (cutoff, bandwidth, length // sp.STEP), kind


def make(path, rows, rng, plain_rate, loss=None):
    parts, powers, facts, names = [], [], [], []
    for folder, row in rows:
        try:
            arrays, power, fact, kind = example(row, folder, rng, plain_rate, loss)
        except (subprocess.CalledProcessError, ValueError) as error:
            print(row["path"], error, flush=True)
            continue
        parts.append(arrays)
        powers.append(power)
        facts.append(fact)
        names.append(f"{row['speaker']} {kind}")
    if not parts:
        return
    signals = np.stack([np.concatenate([p[i] for p in parts]) for i in range(4)])
    base = path[: -len(".npy")]
    np.save(base + ".powers.npy", np.concatenate(powers))
    short, long = levels.measure(signals.astype(np.float32) / SCALE)
    np.savez(base + ".levels.npz", short=short, long=long)
    np.savez(base + ".facts.npz", facts=np.array(facts, np.float32), names=np.array(names))
    np.save(path + ".part.npy", signals)
    os.replace(path + ".part.npy", path)
    print(f"{path}: {len(parts)} recordings, {signals.shape[1] / sp.RATE / 60:.1f} min", flush=True)


def manifest(folder):
    with open(os.path.join(folder, "manifest.tsv")) as file:
        return [(folder, row) for row in csv.DictReader(file, delimiter="\t")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--thin", type=int, default=1, help="take one in so many of the wide-band recordings")
    parser.add_argument("--gpl", action="store_true", help="also voices under the GPL, in files of their own")
    parser.add_argument("--rtc", help="command of this repository's tool")
    parser.add_argument("--also", nargs="*", default=[], help="folders of further recordings to train on")
    parser.add_argument("--valid-also", nargs="*", default=[], help="folders of further recordings to validate on")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    rows = manifest(os.path.join(args.data, "speech"))

    groups = [(f"valid{rate}", [r for r in rows if r[1]["path"].startswith("valid/fb/" if rate == 16000 else "valid/")], 1) for rate in (16000, 8000)]
    for folder in args.valid_also:
        groups += [(f"valid{rate}-{os.path.basename(os.path.normpath(folder))}", manifest(folder), 1) for rate in (16000, 8000)]
    train = [r for r in rows if r[1]["path"].startswith("train/") and not r[1]["licence"].startswith("GPL")]
    fullband = [r for r in train if "/fb/" in r[1]["path"]]
    wideband = [r for r in train if "/wb/" in r[1]["path"]]
    groups += [("train-fb", fullband, args.rounds), ("train-wb", wideband[:: args.thin], 1)]
    for folder in args.also:
        groups.append(("train-" + os.path.basename(os.path.normpath(folder)), manifest(folder), args.rounds))
    if args.gpl:
        groups.append(("train-gpl", [r for r in rows if r[1]["path"].startswith("train/") and r[1]["licence"].startswith("GPL")], args.rounds + 1))
    traces = []
    if args.rtc:
        groups.append(("train-lost", fullband[::3], 1))
        traces = [np.loadtxt(os.path.join(args.data, "loss-traces", name + ".txt")) > 0.5 for name in TRACES]
    for number in range(max(g[2] for g in groups)):
        for name, chosen, rounds in groups:
            if number >= rounds:
                continue
            order = np.random.default_rng((1, number)).permutation(len(chosen))
            for index, these in enumerate(np.array_split(order, max(1, len(chosen) // RECORDINGS))):
                path = os.path.join(args.out, f"{name}-{number}-{index:02}.npy")
                if not os.path.exists(path):
                    rng = np.random.default_rng((2, number, index, len(name)))
                    loss = (args.rtc, traces, rng) if name == "train-lost" else None
                    make(path, [chosen[i] for i in these], rng, int(name[5:].split("-")[0]) if name.startswith("valid") else 0, loss)


if __name__ == "__main__":
    main()
