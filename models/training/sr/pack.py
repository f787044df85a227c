#!/usr/bin/env python3
"""Packs photographs into flat arrays of luma, low and high resolution, for train.py.

    pack.py --data DIR --out DIR [--extra DIR ...]
    pack.py --from PACK --scale 3 --out DIR
    pack.py --from PACK --dense 240 --out DIR

--data holds manifest.tsv (path, source, licence, ...); only rows under train/img (or valid/img for the validation pack) whose
licence is on the list below are used. --extra directories hold photographs with a SOURCES.tsv beside them (file, source, licence).
Writes {train,valid}.{hr,lr}.u8 (all pictures one after another), .index.npy (offset of HR in samples / 4 = offset of LR,
LR height and width) and .cells.npy (picture, y, x of LR cells worth training on), and sources.tsv (what went in, with licences).
--from: every second picture of another pack's high resolution, for another scale; --dense: the same pictures at four tenths of their
size, where detail lies closer, and as many drawn ones (drawn.py) as asked.
"""

import argparse
import csv
import os
import re

import numpy as np
from PIL import Image

import drawn
from resample import luma, resize, to_bytes

# Licences that leave the weights free to be shipped under any terms. No non-commercial, no share-alike, no unstated origin.
ALLOWED = re.compile(r"^(CC0-1\.0|CC-BY-4\.0|CC-BY-3\.0|public domain)", re.IGNORECASE)
CELL = 16
CROP = 32


def rows(data, split):
    with open(os.path.join(data, "manifest.tsv"), newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["path"].startswith(f"{split}/img/") and ALLOWED.match(row["licence"]):
                clean = os.path.basename(row["path"]).startswith("photo_")
                yield os.path.join(data, row["path"]), row["source"], row["licence"], clean


def extra_rows(folder):
    """Listed by hand, each with its licence: the lists are the choice."""
    with open(os.path.join(folder, "SOURCES.tsv"), newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield os.path.join(folder, row["file"]), row["source"], row["licence"], row.get("kind") == "lossless"


def versions(rgb, clean, small):
    """Sizes to train on. A JPEG photograph is made smaller first, so that its blocks and blur do not become targets."""
    longest = max(rgb.shape[:2])
    scales = (1.0, 0.7, 0.5) if clean else (0.5, 0.35) if small else (0.75, 0.5)
    top = min(1.0, 2400 / longest)
    for scale in scales:
        scale *= top
        if min(rgb.shape[:2]) * scale < 4 * CROP:
            continue
        yield rgb if scale == 1.0 else to_bytes(resize(rgb, scale))


class Writer:
    """Appends pictures (low and high resolution luma, bytes) to a pack and finds the cells worth training on."""

    def __init__(self, out, name):
        self._path = os.path.join(out, name)
        self._high, self._low = open(self._path + ".hr.u8", "wb"), open(self._path + ".lr.u8", "wb")
        self._index, self._cells, self._energies, self._offset = [], [], [], 0

    def add(self, low, high):
        h, w = low.shape
        scale = high.shape[0] / h
        detail = np.abs(high - (resize(low, scale) if scale > 1 else low.astype(np.float64)))
        # Detail of the whole crop, by an integral image.
        total = np.pad(detail, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
        for y in range(0, h - CROP + 1, CELL):
            for x in range(0, w - CROP + 1, CELL):
                a, b, c, d = (int(scale * n) for n in (y, x, y + CROP, x + CROP))
                self._cells.append((len(self._index), y, x))
                self._energies.append(total[c, d] - total[a, d] - total[c, b] + total[a, b])
        self._index.append((self._offset, h, w))
        self._offset += low.size
        self._high.write(high.tobytes())
        self._low.write(low.tobytes())

    def finish(self, keep):
        self._high.close()
        self._low.close()
        cells, energies = np.array(self._cells, np.int32), np.array(self._energies)
        cells = cells[energies >= np.quantile(energies, 1 - keep)]
        np.save(self._path + ".index.npy", np.array(self._index, np.int64))
        np.save(self._path + ".cells.npy", cells)
        return f"{len(self._index)} pictures, {self._offset / 1e6:.0f} M low-resolution samples, {len(cells)} cells"


def pack(name, files, out, keep, small=False):
    writer, used = Writer(out, name), []
    for path, source, licence, clean in files:
        picture = Image.open(path)
        if small:
            # A JPEG of more than twice the size needed is halved by its decoder, which is much faster.
            picture.draft("RGB", (1200, 1200))
        rgb = np.asarray(picture.convert("RGB"))
        used.append((os.path.basename(path), source, licence))
        for version in versions(rgb, clean, small):
            version = version[: version.shape[0] // 2 * 2, : version.shape[1] // 2 * 2]
            writer.add(to_bytes(luma(to_bytes(resize(version, 0.5)))), to_bytes(luma(version)))
    print(f"{name}: {len(used)} files, {writer.finish(keep)}")
    return used


def dense(folder, out, count, keep):
    index = np.load(os.path.join(folder, "train.index.npy"))
    high = np.memmap(os.path.join(folder, "train.hr.u8"), np.uint8, "r")
    writer, rng = Writer(out, "train"), np.random.default_rng(9)

    def add(picture):
        picture = to_bytes(picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2])
        if min(picture.shape) >= 4 * CROP:
            writer.add(to_bytes(resize(picture, 0.5)), picture)

    for offset, h, w in index[::2]:
        add(resize(np.asarray(high[4 * offset : 4 * offset + 4 * h * w]).reshape(2 * h, 2 * w), 0.4))
    for _ in range(count):
        add(drawn.picture(256, rng))
    print(f"dense: {writer.finish(keep)}")


def repack(name, folder, out, scale, keep):
    index = np.load(os.path.join(folder, name + ".index.npy"))
    high = np.memmap(os.path.join(folder, name + ".hr.u8"), np.uint8, "r")
    writer = Writer(out, name)
    for offset, h, w in index[::2]:
        picture = np.asarray(high[4 * offset : 4 * offset + 4 * h * w]).reshape(2 * h, 2 * w)
        picture = picture[: 2 * h // scale * scale, : 2 * w // scale * scale]
        if min(picture.shape) >= 2 * CROP * scale:
            writer.add(to_bytes(resize(picture, 1 / scale)), picture)
    print(f"{name}: {writer.finish(keep)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data")
    parser.add_argument("--from", dest="source", metavar="PACK")
    parser.add_argument("--scale", type=int, default=2)
    parser.add_argument("--dense", type=int, default=0, metavar="DRAWN")
    parser.add_argument("--out", required=True)
    parser.add_argument("--extra", action="append", default=[])
    parser.add_argument("--keep", type=float, default=0.5, help="share of the cells kept, those with the most detail")
    parser.add_argument("--small", action="store_true", help="photographs at a half and a third of their size, where detail lies closer")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    if args.dense:
        dense(args.source, args.out, args.dense, args.keep)
        return
    if args.source:
        repack("train", args.source, args.out, args.scale, args.keep)
        repack("valid", args.source, args.out, args.scale, 1.0)
        return
    train = list(rows(args.data, "train")) if args.data else []
    for folder in args.extra:
        train += extra_rows(folder)
    used = pack("train", train, args.out, args.keep, args.small)
    if args.data:
        used += pack("valid", list(rows(args.data, "valid")), args.out, 1.0)
    with open(os.path.join(args.out, "sources.tsv"), "w") as file:
        file.write("file\tsource\tlicence\n")
        for row in used:
            file.write("\t".join(row) + "\n")


if __name__ == "__main__":
    main()
