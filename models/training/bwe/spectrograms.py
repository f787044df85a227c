#!/usr/bin/env python3
"""Spectrograms one above the other as a PNG, 0 to 24 kHz, 100 dB from black to white, a white line between.

    spectrograms.py OUT.png A.wav B.wav ...      all at 48 kHz, mono
"""

import struct
import sys
import zlib

import numpy as np
import soundfile

STOPS = np.array([[0, 0, 4], [66, 10, 104], [147, 38, 103], [221, 81, 58], [252, 165, 10], [252, 255, 164]], float)
LENGTH, HOP, TOP_DB, RANGE_DB = 1024, 256, 20.0, 100.0


def picture(path):
    samples, rate = soundfile.read(path)
    assert rate == 48000
    at = np.arange(0, len(samples) - LENGTH, HOP)[:, None] + np.arange(LENGTH)
    power = np.abs(np.fft.rfft(samples[at] * np.hanning(LENGTH))) ** 2
    # Two bins to a row: 256 rows.
    level = 10 * np.log10(power[:, :512].reshape(len(at), 256, 2).mean(2) + 1e-12)
    shade = np.clip((level - TOP_DB + RANGE_DB) / RANGE_DB, 0, 1).T[::-1] * (len(STOPS) - 1)
    low = np.minimum(shade.astype(int), len(STOPS) - 2)
    return (STOPS[low] + (shade - low)[..., None] * (STOPS[low + 1] - STOPS[low])).astype(np.uint8)


def png(path, rgb):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in rgb)
    header = struct.pack(">IIBBBBB", rgb.shape[1], rgb.shape[0], 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def main():
    pictures = [picture(path) for path in sys.argv[2:]]
    width = min(p.shape[1] for p in pictures)
    line = np.full((3, width, 3), 255, np.uint8)
    png(sys.argv[1], np.concatenate([part for p in pictures for part in (p[:, :width], line)][:-1]))


if __name__ == "__main__":
    main()
