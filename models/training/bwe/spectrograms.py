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
LENGTH, HOP, ROWS, TOP_DB, RANGE_DB = 1024, 512, 128, 20.0, 100.0
SHADES, WHITE = 63, 63


def picture(path):
    samples, rate = soundfile.read(path)
    assert rate == 48000
    at = np.arange(0, len(samples) - LENGTH, HOP)[:, None] + np.arange(LENGTH)
    power = np.abs(np.fft.rfft(samples[at] * np.hanning(LENGTH))) ** 2
    level = 10 * np.log10(power[:, : LENGTH // 2].reshape(len(at), ROWS, -1).mean(2) + 1e-12)
    return np.round(np.clip((level - TOP_DB + RANGE_DB) / RANGE_DB, 0, 1).T[::-1] * (SHADES - 1)).astype(np.uint8)


def palette():
    at = np.linspace(0, len(STOPS) - 1, SHADES)
    colours = np.stack([np.interp(at, np.arange(len(STOPS)), STOPS[:, i]) for i in range(3)], 1)
    return np.concatenate((colours, [[255, 255, 255]])).astype(np.uint8)


def png(path, indices):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in indices)
    header = struct.pack(">IIBBBBB", indices.shape[1], indices.shape[0], 8, 3, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"PLTE", palette().tobytes())
                   + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def main():
    pictures = [picture(path) for path in sys.argv[2:]]
    width = min(p.shape[1] for p in pictures)
    line = np.full((3, width), WHITE, np.uint8)
    png(sys.argv[1], np.concatenate([part for p in pictures for part in (p[:, :width], line)][:-1]))


if __name__ == "__main__":
    main()
