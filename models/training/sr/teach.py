#!/usr/bin/env python3
"""What a teacher makes of a pack's training pictures, for train.py --taught: PACK/train.taught.u16, laid out like train.hr.u8.

    teach.py --teacher FILE --pack DIR
"""

import argparse
import os

import numpy as np
import torch

from export import load

# Rows at a time, and how far a row reaches: made a strip at a time, a picture is the same.
STRIP = 128


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", required=True)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_grad_enabled(False)
    teacher = load(args.teacher)
    reach = len(teacher.convs) + 2
    path = os.path.join(args.pack, "train")
    low = np.memmap(path + ".lr.u8", np.uint8, "r")
    with open(path + ".taught.u16.part", "wb") as out:
        for offset, h, w in np.load(path + ".index.npy"):
            picture = torch.from_numpy(low[offset : offset + h * w].reshape(h, w).astype(np.float32))[None, None] / 255
            for y in range(0, h, STRIP):
                top = max(0, y - reach)
                strip = picture[:, :, top : y + STRIP + reach].contiguous(memory_format=torch.channels_last)
                made = teacher(strip)[0, 0, teacher.scale * (y - top) :][: teacher.scale * min(STRIP, h - y)]
                out.write((made * (255 * 256) + 0.5).clamp(0, 65535).numpy().astype(np.uint16).tobytes())
    os.replace(path + ".taught.u16.part", path + ".taught.u16")


if __name__ == "__main__":
    main()
