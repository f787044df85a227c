#!/usr/bin/env python3
"""PSNR and SSIM of the networks beside bicubic and peers.

    evaluate.py --data DIR [--benchmarks DIR] [--checkpoint NAME=FILE ...] [--shader NAME=FILE ...] [--clips]

Stills: low resolution by Matlab's imresize from RGB bytes, luma of rgb2ycbcr; the original's and the
result's are rounded, the input's is not (but is for the 8-bit form, which takes bytes); 2-sample border left out (--scale 3: 3).
--data holds test/Set5 and test/Set14; --benchmarks a checkout of jbhuang0604/SelfExSR (BSD100, Urban100).
--clips: the test (or valid) clips instead, halved by swscale's bicubic, encoded at call rates, decoded, doubled: luma against the original,
PSNR / SSIM / flicker.
A checkpoint gets two rows, float and 8-bit; a shader is FSRCNNX in mpv's text form.
"""

import argparse
import glob
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import clips
import model
import peers
from export import load
from resample import luma, resize, to_bytes

# Grey in the original, which WebP cannot say; its other grey-looking pictures are RGB there and go through rgb2ycbcr.
GREY = "Set14/img_003.webp"


def psnr(a, b):
    error = np.mean((a.astype(np.float64) - b) ** 2)
    return 10 * np.log10(255**2 / max(error, 1e-4))


def ssim(a, b):
    """Wang et al. 2004: Gaussian window of 11, sigma 1.5, valid part only."""
    taps = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    taps /= taps.sum()
    row = torch.tensor(taps).view(1, 1, 1, 11)

    def mean(x):
        return F.conv2d(F.conv2d(x[None, None], row), row.transpose(2, 3))[0, 0]

    a, b = torch.from_numpy(a.astype(np.float64)), torch.from_numpy(b.astype(np.float64))
    ma, mb = mean(a), mean(b)
    va, vb, vab = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return (((2 * ma * mb + c1) * (2 * vab + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2))).mean().item()


def flicker(made, originals):
    """Mean |change from picture to picture - the original's change|."""
    errors = [a.astype(np.int32) - b for a, b in zip(made, originals)]
    return np.mean([np.abs(later - earlier).mean() for earlier, later in zip(errors, errors[1:])])


def crop(picture, border=2):
    return picture[border:-border, border:-border]


def still_sets(args):
    folders = {"Set5": os.path.join(args.data, "test", "Set5", "*.webp"), "Set14": os.path.join(args.data, "test", "Set14", "*.webp")}
    if args.benchmarks:
        folders["B100"] = os.path.join(args.benchmarks, "data", "BSD100", "image_SRF_2", "*_HR.png")
        folders["Urban100"] = os.path.join(args.benchmarks, "data", "Urban100", "image_SRF_4", "*_HR.png")
    for name, pattern in folders.items():
        if not args.sets or name in args.sets:
            files = sorted(glob.glob(pattern))
            if not files:
                sys.exit(f"nothing at {pattern}")
            yield name, files


def still(path, cache, scale=2):
    """(low, high) luma of a benchmark picture; kept under --cache, as halving it takes longer than doubling it."""
    kept = cache and os.path.join(cache, path.strip("/").replace("/", "_") + (f"_x{scale}" if scale != 2 else "") + ".npz")
    if kept and os.path.exists(kept):
        data = np.load(kept)
        return data["low"], data["high"]
    picture = Image.open(path)
    grey = picture.mode == "L" or path.replace(os.sep, "/").endswith(GREY)
    rgb = np.asarray(picture.convert("L" if grey else "RGB"))
    rgb = rgb[: rgb.shape[0] // scale * scale, : rgb.shape[1] // scale * scale]
    low, high = luma(to_bytes(resize(rgb, 1 / scale))), to_bytes(luma(rgb))
    if kept:
        os.makedirs(cache, exist_ok=True)
        np.savez(kept, low=low, high=high)
    return low, high


def methods(args):
    yield "bicubic", lambda y: to_bytes(resize(y, float(args.scale)))
    for spec in args.shader:
        name, path = spec.split("=", 1)
        yield name, peers.ShaderNetwork(path)
    for spec in args.checkpoint:
        name, path = spec.split("=", 1)
        network = load(path)
        network.quantised = False
        yield name, lambda y, n=network: model.upscale(n, y)
        if network.high.abs().sum() > 0 and not args.float_only:
            yield name + " 8-bit", lambda y, n=network: model.upscale_integer(n, y)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--benchmarks")
    parser.add_argument("--sets", nargs="*", help="only these sets (or clips)")
    parser.add_argument("--checkpoint", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--shader", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--scale", type=int, default=2)
    parser.add_argument("--float-only", action="store_true")
    parser.add_argument("--no-ssim", action="store_true", help="PSNR alone, which is faster")
    parser.add_argument("--cache")
    parser.add_argument("--clips", action="store_true")
    parser.add_argument("--split", choices=("test", "valid"), default="test", help="which clips")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_grad_enabled(False)

    table = list(methods(args))
    if args.clips:
        titles = ["clip", "codec", "kb/s"] + [name for name, _ in table]
        print("| " + " | ".join(titles) + " |\n|" + "---|" * len(titles))
        gains = {}
        for clip, codec, rate, pairs in clips.streams(args.data, args.split, args.sets, args.cache):
            row = []
            for name, upscale in table:
                made = [upscale(low) for low, _ in pairs]
                scores = [(psnr(out, high), ssim(out, high)) for out, (_, high) in zip(made, pairs)]
                row.append(np.append(np.mean(scores, 0), flicker(made, [high for _, high in pairs])))
                gains.setdefault((codec, name), []).append(np.append(row[-1][:2] - row[0][:2], row[-1][2] / row[0][2]))
            print(f"| {clip} | {codec} | {rate} | " + " | ".join(f"{p:.2f}/{s:.4f}/{f:.3f}" for p, s, f in row) + " |", flush=True)
        print("\nMean difference from bicubic, dB / SSIM, and times its flicker, mean and most:")
        for (codec, name), values in gains.items():
            if name != "bicubic":
                d, most = np.mean(values, 0), np.max(values, 0)[2]
                print(f"{codec:5} {name}: {d[0]:+.3f} / {d[1]:+.5f}, {d[2]:.3f}, {most:.3f}")
        return

    print("| set | " + " | ".join(name for name, _ in table) + " |\n|" + "---|" * (len(table) + 1))
    for name, files in still_sets(args):
        sums = np.zeros((len(table), 2))
        for path in files:
            low, high = still(path, args.cache, args.scale)
            for i, (_, upscale) in enumerate(table):
                out, original = (crop(picture, max(2, args.scale)) for picture in (upscale(low), high))
                sums[i] += psnr(out, original), 0 if args.no_ssim else ssim(out, original)
        print(f"| {name} | " + " | ".join(f"{p:.2f}/{s:.4f}" for p, s in sums / len(files)) + " |", flush=True)


if __name__ == "__main__":
    main()
