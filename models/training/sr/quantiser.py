"""The quantiser step that the frames of a coded stream were made with, in units of luma, so that codecs can be compared.

VP8: half the step of the luma AC coefficients (RFC 6386, 14.1), whose transform has twice the orthonormal gain. H.264: 0.625 * 2^(QP/6)
(ITU-T H.264, table 8-15 and following). VP9 is not read: its frames get not-a-number.
"""

import re
import subprocess

import numpy as np

# RFC 6386, section 14.1: AC steps by index.
VP8_STEPS = [
    *range(4, 59), *range(60, 118, 2), 119, 122, 125, 128, 131, 134, 137, 140, 143, 146, 149, 152, 155, 158, 161, 164, 167, 170, 173, 177,
    181, 185, 189, 193, 197, 201, 205, 209, 213, 217, 221, 225, 229, 234, 239, 245, 249, 254, 259, 264, 269, 274, 279, 284]


class BoolDecoder:
    """RFC 6386, section 7, in its plainest form."""

    def __init__(self, data):
        self.data, self.place, self.range, self.bits = data, 2, 255, 0
        self.value = int.from_bytes(data[:2].ljust(2, b"\0"), "big")

    def flag(self, probability=128):
        split = 1 + (((self.range - 1) * probability) >> 8)
        bit = self.value >= split << 8
        if bit:
            self.range -= split
            self.value -= split << 8
        else:
            self.range = split
        while self.range < 128:
            self.value <<= 1
            self.range <<= 1
            self.bits += 1
            if self.bits == 8:
                self.bits = 0
                if self.place < len(self.data):
                    self.value |= self.data[self.place]
                self.place += 1
        return bit

    def literal(self, bits):
        value = 0
        for _ in range(bits):
            value = value << 1 | self.flag()
        return value

    def optional(self, bits):
        if self.flag():
            self.literal(bits + 1)


def vp8_index(frame):
    """y_ac_qi of a frame (RFC 6386, 9.3 to 9.6)."""
    key = not frame[0] & 1
    reader = BoolDecoder(frame[10 if key else 3 :])
    if key:
        reader.literal(2)
    if reader.flag():
        updates_map, updates_data = reader.flag(), reader.flag()
        if updates_data:
            reader.literal(1)
            for bits in (7, 7, 7, 7, 6, 6, 6, 6):
                reader.optional(bits)
        if updates_map:
            for _ in range(3):
                if reader.flag():
                    reader.literal(8)
    reader.literal(10)
    if reader.flag() and reader.flag():
        for _ in range(8):
            reader.optional(6)
    reader.literal(2)
    return reader.literal(7)


def vp8_steps(path):
    ivf = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-f", "ivf", "-"], stdout=subprocess.PIPE, check=True).stdout
    place, steps = 32, []
    while place + 12 <= len(ivf):
        size = int.from_bytes(ivf[place : place + 4], "little")
        frame = ivf[place + 12 : place + 12 + size]
        steps.append(VP8_STEPS[vp8_index(frame)] / 2 if len(frame) > 10 else (steps or [np.nan])[-1])
        place += 12 + size
    return steps


def h264_steps(path):
    """Of the first slice of each picture: one slice a picture is what call encoders send."""
    command = ["ffmpeg", "-v", "trace", "-i", path, "-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-"]
    text = subprocess.run(command, stderr=subprocess.PIPE, check=True).stderr.decode(errors="replace")
    base, steps, started = 26, [], False
    for line in text.splitlines():
        found = re.search(r"\b(pic_init_qp_minus26|first_mb_in_slice|slice_qp_delta)\s.*= (-?\d+)$", line)
        if not found:
            continue
        field, value = found.group(1), int(found.group(2))
        if field == "pic_init_qp_minus26":
            base = 26 + value
        elif field == "first_mb_in_slice":
            started = value == 0
        elif started:
            steps.append(0.625 * 2 ** ((base + value) / 6))
    return steps


def steps(path, codec):
    """A step for each frame of a Matroska file."""
    if codec == "vp8":
        return vp8_steps(path)
    return h264_steps(path) if codec == "h264" else [np.nan] * 10000
