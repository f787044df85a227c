#!/usr/bin/env python3
"""Compares weights on clips: PLCMOS (five raters), STOI, ESTOI, LSD, and their paired differences from the first, +- half of a 95 % interval.

    evaluate.py --data DIR --scorer DIR --rtc "dotnet rtc.dll" --out WORK/heard [--trace ge_p20] [--seconds 5] [--split valid] [--g711] [--dnsmos]
        classical NAME=model.onnx...

Clip n, in order of file name, starts at packet 97 n of the trace. All clips are concealed as one call, left in --out; metrics.py in the
folder of the scorer has the metrics. With --g711 the call is coded by it and concealed at 8 kHz, and compared at 16 kHz with itself
before the codec. --dnsmos adds DNSMOS of the call's pieces of 9.01 s, by the scorer's dnsmos.js (node, onnxruntime-node on NODE_PATH).
"""

import argparse
import glob
import os
import shlex
import subprocess
import sys

import numpy as np
import soundfile
import torch
from scipy.signal import resample_poly

from pack import PACKET, RATE, ffmpeg
from plcmos import Plcmos, rater_embeddings

PIECE = 144160


def through_g711(samples):
    """16 kHz samples at 8 kHz, before and after G.711's mu-law."""
    narrow = resample_poly(samples, 1, 2).astype("<f4")
    coded = ffmpeg("-f f32le -ar 8000 -ac 1 -i - -c:a pcm_mulaw -f mulaw", narrow.tobytes())
    return narrow, np.frombuffer(ffmpeg("-f mulaw -ar 8000 -i - -f f32le", coded), np.float32)


def dnsmos(folder, name, samples):
    """[pieces, 3] of a call."""
    pieces = [os.path.join(folder, f"{name}.{n}.wav") for n in range(len(samples) // PIECE)]
    for n, path in enumerate(pieces):
        soundfile.write(path, samples[n * PIECE : (n + 1) * PIECE], RATE, subtype="PCM_16")
    scorer = sys.path[0]
    lines = subprocess.run(["node", *(os.path.join(scorer, name) for name in ("dnsmos.js", "sig_bak_ovr.onnx")), *pieces], stdout=subprocess.PIPE, check=True, text=True).stdout
    for path in pieces:
        os.remove(path)
    return np.array([[float(v) for v in line.split()[-3:]] for line in lines.splitlines()])


def line(trace, name, metrics, scores, first):
    apart = scores - first
    interval = 1.96 * apart.std(0, ddof=1) / len(scores) ** 0.5
    figures = zip(metrics, scores.mean(0), apart.mean(0), interval)
    print(trace, name, *(f"{metric} {mean:.3f} ({gain:+.4f} +-{half:.4f})" for metric, mean, gain, half in figures), sep="\t", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--scorer", required=True)
    parser.add_argument("--rtc", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--trace", default="ge_p20")
    parser.add_argument("--split", default="valid", help="valid, for choosing; test, once chosen")
    parser.add_argument("--every", type=int, default=1, help="takes every n-th clip")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--g711", action="store_true", help="8 kHz calls")
    parser.add_argument("--dnsmos", action="store_true")
    parser.add_argument("methods", nargs="+", help="classical, or NAME=FILE")
    args = parser.parse_args()
    sys.path.insert(0, args.scorer)
    import metrics

    torch.set_num_threads(1)
    listener, raters = Plcmos(args.scorer), rater_embeddings(args.scorer)[:5]
    os.makedirs(args.out, exist_ok=True)
    trace = np.loadtxt(os.path.join(args.data, "loss-traces", args.trace + ".txt")).astype(int)
    clips, lost = [], []
    for n, path in enumerate(sorted(glob.glob(os.path.join(args.data, "speech", args.split, "*", "*.flac")))[:: args.every]):
        samples, rate = soundfile.read(path)
        samples = resample_poly(samples, 1, rate // RATE)
        clips.append(samples[: min(len(samples), int(args.seconds * RATE)) // PACKET * PACKET].astype(np.float32))
        lost.append(np.take(trace, range(97 * n, 97 * n + len(clips[-1]) // PACKET), mode="wrap"))
    call, loss = (os.path.join(args.out, name) for name in ("clean.wav", "loss.txt"))
    ends = np.cumsum([len(clip) for clip in clips])[:-1]
    whole, rate = np.concatenate(clips), RATE
    if args.g711:
        narrow, whole = through_g711(whole)
        rate, clips = 8000, np.split(resample_poly(narrow, 2, 1).astype(np.float32), ends)
    soundfile.write(call, whole, rate, subtype="PCM_16")
    np.savetxt(loss, np.concatenate(lost), "%d")

    def score(clip, heard):
        with torch.no_grad():
            judged = listener(torch.from_numpy(heard)[None], raters).mean().item()
        return judged, metrics.stoi(clip, heard, RATE), metrics.stoi(clip, heard, RATE, True), metrics.lsd(clip, heard, fs=RATE)

    first = judged = None
    for method in args.methods:
        name, _, model = method.partition("=")
        output = os.path.join(args.out, f"{args.trace}-{name}.wav")
        how = ["--method", "neural", "--model", os.path.abspath(model)] if model else ["--method", name]
        subprocess.run([*shlex.split(args.rtc), "conceal", call, loss, output, *how], check=True, stdout=subprocess.DEVNULL)
        heard = soundfile.read(output, dtype="float32")[0]
        heard = resample_poly(heard, 2, 1).astype(np.float32) if args.g711 else heard
        scores = np.array([score(clip, part) for clip, part in zip(clips, np.split(heard, ends))])
        first = scores if first is None else first
        line(args.trace, name, ("PLCMOS", "STOI", "ESTOI", "LSD"), scores, first)
        if args.dnsmos:
            pieces = dnsmos(args.out, name, heard)
            judged = pieces if judged is None else judged
            line(args.trace, name, ("SIG", "BAK", "OVR"), pieces, judged)


if __name__ == "__main__":
    main()
