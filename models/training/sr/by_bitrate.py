#!/usr/bin/env python3
"""Where the weights for clean pictures become better than those for coded ones: dB between them over bits a pixel, validation clips.

    by_bitrate.py --data DIR CODED_CHECKPOINT CLEAN_CHECKPOINT
"""

import argparse
import os
import tempfile

import numpy as np
import torch

import clips
import codec
import model
from evaluate import psnr
from export import load

FRAMES = 40


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("coded")
    parser.add_argument("clean")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    coded, clean = load(args.coded), load(args.clean)
    print("| clip | codec | bits a pixel | coded dB | over clean |\n|---|---|---|---|---|")
    for path, _, _ in codec.video_rows(args.data, "valid"):
        high, w, h = clips.read(path, None, FRAMES)
        low, w, h = clips.shrink(high, w, h), w // 2, h // 2
        for name in ("vp8", "h264"):
            for bits in (0.1, 0.2, 0.4, 0.6, 1.0, 1.6):
                with tempfile.TemporaryDirectory() as folder:
                    stream = os.path.join(folder, "stream.mkv")
                    clips.encode(low, w, h, name, int(bits * w * h * 30 / 1000), stream)
                    decoded = clips.decode(stream, h, w)
                    real = os.path.getsize(stream) * 8 / (len(decoded) * w * h)
                scores = [[psnr(model.upscale(network, decoded[i, :h]), high[i, : 2 * h]) for network in (coded, clean)]
                          for i in range(FRAMES // 2, len(decoded), 6)]
                ours, other = np.mean(scores, 0)
                print(f"| {os.path.basename(path)} | {name} | {real:.2f} | {ours:.2f} | {ours - other:+.2f} |", flush=True)


if __name__ == "__main__":
    main()
