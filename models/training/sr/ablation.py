#!/usr/bin/env python3
"""Whether an adversary pays: trains the four losses of gan.py for equal steps and scores them on the test clips, none of which they saw.

    ablation.py --data DIR --pack DIR --codec-pack DIR --work DIR [--vmaf COMMAND] [--steps 1500] [--out results/gan.tsv]

Rows: bicubic, the starting weights, each loss, and 0.6 of the starting weights + 0.4 of the last loss's. Clips are halved, coded as VP8
and H.264 at the low and the middle rate and decoded; two pairs of consecutive pictures of each are doubled in floats. Figures are means
over the streams: luma PSNR and SSIM, flicker over bicubic's, VMAF v0.6.1 and its NEG form (--vmaf, the public tool), and diversity, the
effective rank of 8x8 patches of what is added to the bicubic picture over that of what the originals add. Trained runs are kept in --work.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch

import clips
import peers
from evaluate import psnr, ssim
from export import load
from gan import LOSSES, effective_rank
from model import upscale

HERE = os.path.dirname(os.path.abspath(__file__))
FRAMES = 68
SCORED = (60, 61, 66, 67)
BLEND = 0.4


def streams(data):
    """Yields (name, decoded pictures at half the size, originals), luma alone."""
    for clip, (file, filters, rates) in clips.TEST_CLIPS.items():
        source, w, h = clips.read(os.path.join(data, "test", "video", file), filters, FRAMES)
        low = clips.shrink(source, w, h)
        for codec in ("vp8", "h264"):
            for rate in rates[:2]:
                decoded = clips.code(low, w // 2, h // 2, codec, rate)
                kept = [i for i in SCORED if i < len(decoded)]
                yield f"{clip} {codec} {rate}", [decoded[i, : h // 2] for i in kept], [source[i, :h] for i in kept]


def flicker(originals, pictures):
    """Mean change between the pictures of a pair that the originals do not have."""
    changes = [np.abs((p[i + 1] - p[i]) - (o[i + 1] - o[i])).mean() for o, p in [(np.int32(originals), np.int32(pictures))]
               for i in range(0, len(o) - 1, 2)]
    return np.mean(changes)


def write_y4m(path, pictures):
    height, width = pictures[0].shape
    grey = np.full(width * height // 2, 128, np.uint8).tobytes()
    with open(path, "wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420\n".encode())
        for picture in pictures:
            file.write(b"FRAME\n" + picture.tobytes() + grey)


def vmaf(command, originals, pictures):
    """(VMAF, VMAF-NEG)"""
    with tempfile.TemporaryDirectory() as folder:
        reference, found, log = (os.path.join(folder, name) for name in ("a.y4m", "b.y4m", "log.json"))
        write_y4m(reference, originals)
        write_y4m(found, pictures)
        models = ["-m", "version=vmaf_v0.6.1:name=vmaf", "-m", "version=vmaf_v0.6.1neg:name=neg"]
        subprocess.run(command.split() + ["-r", reference, "-d", found, *models, "--json", "-o", log, "-q"], check=True)
        with open(log) as file:
            pooled = json.load(file)["pooled_metrics"]
    return pooled["vmaf"]["mean"], pooled["neg"]["mean"]


def blend(start, other, share):
    """A network between two of one form."""
    with torch.no_grad():
        for a, b in zip(start.parameters(), other.parameters()):
            a.lerp_(b, share)
    return start


def train(args):
    for loss in LOSSES:
        run = os.path.join(args.work, f"gan-{loss}")
        if not os.path.exists(os.path.join(run, "final.pt")):
            subprocess.run(
                [sys.executable, os.path.join(HERE, "gan.py"), "--checkpoint", args.checkpoint, "--pack", args.pack, "--codec-pack", args.codec_pack,
                 "--run", run, "--loss", loss, "--steps", str(args.steps), "--rate", str(args.rate)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--codec-pack", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--checkpoint", default=os.path.join(HERE, "checkpoints", "quality-coded.pt"))
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--vmaf")
    parser.add_argument("--pictures", help="folder that takes one picture of every clip and row, as PNG")
    parser.add_argument("--out", default=os.path.join(HERE, "results", "gan.tsv"))
    args = parser.parse_args()
    torch.set_num_threads(1)
    train(args)
    torch.set_grad_enabled(False)

    trained = {loss: load(os.path.join(args.work, f"gan-{loss}", "final.pt")) for loss in LOSSES}
    networks = {"start": load(args.checkpoint), **trained}
    networks[f"{1 - BLEND:g} start + {BLEND:g} {LOSSES[-1]}"] = blend(load(args.checkpoint), trained[LOSSES[-1]], BLEND)
    rows = {"bicubic": peers.bicubic} | {name: (lambda y, n=network: upscale(n, y)) for name, network in networks.items()}
    scores, details = {name: [] for name in rows}, {name: [] for name in [*rows, "original"]}
    for stream, low, high in streams(args.data):
        base = [peers.bicubic(y) for y in low]
        still = None
        for name, method in rows.items():
            pictures = base if name == "bicubic" else [method(y) for y in low]
            still = flicker(high, pictures) if still is None else still
            fidelity = np.mean([(psnr(p, h), ssim(p, h)) for p, h in zip(pictures, high)], 0)
            scores[name].append([*fidelity, flicker(high, pictures) / still, *(vmaf(args.vmaf, high, pictures) if args.vmaf else ())])
            details[name] += patches(pictures, base)
            if args.pictures:
                save_picture(args.pictures, f"{stream} {name}", pictures[-1])
        details["original"] += patches(high, base)
        print(stream, file=sys.stderr, flush=True)

    natural = effective_rank(details["original"])
    titles = ["row", "psnr_dB", "ssim", "flicker_over_bicubic", "worst_flicker", *(["vmaf", "vmaf_neg"] if args.vmaf else []), "diversity"]
    lines = ["\t".join(titles)]
    for name, values in scores.items():
        means = np.mean(values, 0)
        diversity = "-" if name == "bicubic" else f"{effective_rank(details[name]) / natural:.3f}"
        lines.append("\t".join([name, f"{means[0]:.3f}", f"{means[1]:.4f}", f"{means[2]:.3f}", f"{np.max(values, 0)[2]:.3f}"]
                               + [f"{v:.2f}" for v in means[3:]] + [diversity]))
    text = f"# {args.steps} steps at {args.rate:g} from {os.path.basename(args.checkpoint)}; {len(scores['start'])} streams\n" + "\n".join(lines) + "\n"
    print(text, end="")
    os.makedirs(os.path.dirname(os.path.abspath(args.out)), exist_ok=True)
    with open(args.out, "w") as file:
        file.write(text)


def patches(pictures, base):
    """What is added to the bicubic pictures, cut into rows of 8x8 samples."""
    found = []
    for picture, plain in zip(pictures[:1], base):
        detail = torch.from_numpy(picture.astype(np.float32) - plain.astype(np.float32))[None, None]
        found.append(torch.nn.functional.unfold(detail, 8, stride=8)[0].T)
    return found


def save_picture(folder, name, picture):
    from PIL import Image

    os.makedirs(folder, exist_ok=True)
    Image.fromarray(picture).save(os.path.join(folder, name.replace(" ", "_") + ".png"))


if __name__ == "__main__":
    main()
