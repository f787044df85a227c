#!/usr/bin/env python3
"""Whether an adversary pays: trains the four losses of gan.py for equal steps, with a weak and a strong adversary, and scores them on the test clips, none of which they saw.

    ablation.py --data DIR --pack DIR --codec-pack DIR --work DIR [--vmaf COMMAND] [--steps 1500] [--out results/gan.tsv]

Rows: bicubic, the starting weights, each loss and weight of the adversary, and 0.6 of the starting weights + 0.4 of the last of these. Clips are halved, coded as VP8
and H.264 at the middle rate and decoded; a pair of consecutive pictures of each is doubled in floats. Figures are means
over the streams: luma PSNR, flicker over bicubic's, VMAF v0.6.1 and its NEG form (--vmaf, the public tool), and diversity, the
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
from evaluate import psnr
from export import load
from gan import LOSSES, effective_rank
from model import upscale

HERE = os.path.dirname(os.path.abspath(__file__))
FRAMES = 68
SCORED = (66, 67)
BLEND = 0.4
WEIGHTS = (0.003, 0.03)


def streams(data):
    """Yields (name, decoded pictures at half the size, originals), luma alone."""
    for clip, (file, filters, rates) in clips.TEST_CLIPS.items():
        source, w, h = clips.read(os.path.join(data, "test", "video", file), filters, FRAMES)
        low = clips.shrink(source, w, h)
        for codec in ("vp8", "h264"):
            decoded = clips.code(low, w // 2, h // 2, codec, rates[1])
            yield f"{clip} {codec} {rates[1]}", [decoded[i, : h // 2] for i in SCORED], [source[i, :h] for i in SCORED]


def flicker(originals, pictures):
    """Mean change between the pictures of a pair that the originals do not have."""
    return np.abs(np.diff(np.int32(pictures), axis=0) - np.diff(np.int32(originals), axis=0)).mean()


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


def runs():
    """Yields (row, loss, weight of the adversary, folder)."""
    yield "l1", "l1", 0, "gan-l1"
    for weight in WEIGHTS:
        for loss in LOSSES[1:]:
            yield f"{loss} {weight:g}", loss, weight, f"gan-{loss}-{weight:g}"


def train(args):
    for _, loss, weight, folder in runs():
        run = os.path.join(args.work, folder)
        if not os.path.exists(os.path.join(run, "final.pt")):
            subprocess.run(
                [sys.executable, os.path.join(HERE, "gan.py"), "--checkpoint", args.checkpoint, "--pack", args.pack, "--codec-pack", args.codec_pack,
                 "--run", run, "--loss", loss, "--weight", str(weight), "--steps", str(args.steps), "--rate", str(args.rate)], check=True)


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

    trained = {row: load(os.path.join(args.work, folder, "final.pt")) for row, _, _, folder in runs()}
    networks = {"start": load(args.checkpoint), **trained}
    last = list(trained)[-1]
    networks[f"{1 - BLEND:g} start + {BLEND:g} {last}"] = blend(load(args.checkpoint), trained[last], BLEND)
    rows = {"bicubic": peers.bicubic} | {name: (lambda y, n=network: upscale(n, y)) for name, network in networks.items()}
    scores, details = {name: [] for name in rows}, {name: [] for name in [*rows, "original"]}
    for stream, low, high in streams(args.data):
        base = [peers.bicubic(y) for y in low]
        still = None
        for name, method in rows.items():
            pictures = base if name == "bicubic" else [method(y) for y in low]
            still = flicker(high, pictures) if still is None else still
            fidelity = np.mean([psnr(p, h) for p, h in zip(pictures, high)])
            scores[name].append([fidelity, flicker(high, pictures) / still, *(vmaf(args.vmaf, high, pictures) if args.vmaf else ())])
            details[name] += patches(pictures, base)
            if args.pictures:
                save_picture(args.pictures, f"{stream} {name}", pictures[-1])
        details["original"] += patches(high, base)
        print(stream, file=sys.stderr, flush=True)

    natural = effective_rank(details["original"])
    titles = ["row", "psnr_dB", "flicker_over_bicubic", "worst_flicker", *(["vmaf", "vmaf_neg"] if args.vmaf else []), "diversity"]
    lines = ["\t".join(titles)]
    for name, values in scores.items():
        means = np.mean(values, 0)
        diversity = "-" if name == "bicubic" else f"{effective_rank(details[name]) / natural:.3f}"
        lines.append("\t".join([name, f"{means[0]:.3f}", f"{means[1]:.3f}", f"{np.max(values, 0)[1]:.3f}"]
                               + [f"{v:.2f}" for v in means[2:]] + [diversity]))
    text = f"# {args.steps} steps at {args.rate:g} from {os.path.basename(args.checkpoint)}; {len(scores['start'])} streams\n" + "\n".join(lines) + "\n"
    print(text, end="")
    os.makedirs(os.path.dirname(os.path.abspath(args.out)), exist_ok=True)
    with open(args.out, "w") as file:
        file.write(text)


def patches(pictures, base):
    """What is added to the first bicubic picture, cut into rows of 8x8 samples."""
    detail = torch.from_numpy(pictures[0].astype(np.float32) - base[0].astype(np.float32))[None, None]
    return [torch.nn.functional.unfold(detail, 8, stride=8)[0].T]


def save_picture(folder, name, picture):
    from PIL import Image

    os.makedirs(folder, exist_ok=True)
    Image.fromarray(picture).save(os.path.join(folder, name.replace(" ", "_") + ".png"))


if __name__ == "__main__":
    main()
