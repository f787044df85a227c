"""Clips through a call: halved, encoded at a low rate, decoded again, by an ffmpeg executable."""

import os
import subprocess
import tempfile

import numpy as np

# name: (file under test/video, filter that makes the reference picture, rates in kb/s)
TEST_CLIPS = {
    "s18": ("s18.mp4", None, (200, 400, 800)),
    "latent2": ("latent2.mp4", "crop=1080:810:0:60,scale=960:720:flags=lanczos", (200, 400, 800)),
    "book": ("book.mkv", None, (100, 200, 400)),
    "walk": ("walk.mkv", None, (100, 200, 400)),
    "foreman": ("test_cif_I_CABAC_slice.264", None, (64, 128, 256)),
    "carphone": ("carphone_pristine.mp4", None, (32, 64, 128)),
}
# The same of video/valid, to choose weights by.
VALID_CLIPS = {
    "s32": ("s32.mp4", None, (200, 400, 800)),
    "night": ("night.mkv", None, (100, 200, 400)),
    "cap13": ("cap13.mp4", None, (48, 96, 192)),
}
FIRST, COUNT = 60, 8

CODECS = {
    "vp8": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "-6", "-lag-in-frames", "0", "-error-resilient", "1", "-g", "3000"],
    "vp9": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-lag-in-frames", "0", "-error-resilient", "1", "-g", "3000"],
    "h264": ["-c:v", "libx264", "-profile:v", "baseline", "-preset", "veryfast", "-tune", "zerolatency", "-g", "3000"],
}


def ffmpeg(arguments, data=None):
    command = ["ffmpeg", "-v", "error", "-nostdin" if data is None else "-y", "-threads", "1"] + arguments
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def size_of(path, filters):
    chain = ["-vf", filters] if filters else []
    with tempfile.TemporaryDirectory() as folder:
        one = os.path.join(folder, "one.pgm")
        ffmpeg(["-i", path, *chain, "-frames:v", "1", "-pix_fmt", "gray", "-y", one])
        with open(one, "rb") as file:
            fields = file.read(32).split()
        return int(fields[1]), int(fields[2])


def read(path, filters, frames):
    """The first frames of a file as I420 bytes, even size: (array [n, h * 3 / 2, w], w, h)."""
    w, h = size_of(path, filters)
    w, h = w // 4 * 4, h // 4 * 4
    chain = (filters + "," if filters else "") + f"crop={w}:{h}:0:0"
    raw = ffmpeg(["-i", path, "-vf", chain, "-frames:v", str(frames), "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
    count = len(raw) // (w * h * 3 // 2)
    return np.frombuffer(raw[: count * w * h * 3 // 2], np.uint8).reshape(count, h * 3 // 2, w), w, h


def shrink(frames, w, h, kernel="bicubic", scale=2):
    """I420 frames made smaller by swscale."""
    arguments = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{w}x{h}", "-r", "30", "-i", "-"]
    arguments += ["-vf", f"scale={w // scale}:{h // scale}:flags={kernel}", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"]
    return np.frombuffer(ffmpeg(arguments, frames.tobytes()), np.uint8).reshape(len(frames), h // scale * 3 // 2, w // scale)


def encode(frames, w, h, codec, rate, path):
    """Encodes I420 frames at so many kb/s into a Matroska file."""
    rates = ["-b:v", f"{rate}k", "-maxrate", f"{rate}k", "-bufsize", f"{rate}k"]
    if codec != "h264":
        rates += ["-minrate", f"{rate}k"]
    raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{w}x{h}", "-r", "30", "-i", "-"]
    ffmpeg(raw + CODECS[codec] + ["-threads", "1"] + rates + [path], frames.tobytes())


def decode(path, h, w):
    """I420 frames of a file."""
    decoded = ffmpeg(["-i", path, "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"])
    size = h * 3 // 2 * w
    return np.frombuffer(decoded[: len(decoded) // size * size], np.uint8).reshape(-1, h * 3 // 2, w)


def code(frames, w, h, codec, rate):
    """Encodes I420 frames at so many kb/s and decodes them again; codec "none" returns them as they are."""
    if codec == "none":
        return frames
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "stream.mkv")
        encode(frames, w, h, codec, rate, path)
        return decode(path, h, w)[: len(frames)]


def streams(data, split, only, cache):
    """Yields (clip, codec, kb/s, [(decoded low, original high) luma]) of the test or valid clips; encodings are kept under cache."""
    for clip, (file, filters, rates) in {"test": TEST_CLIPS, "valid": VALID_CLIPS}[split].items():
        if only and clip not in only:
            continue
        source, w, h = read(os.path.join(data, split, "video", file), filters, FIRST + COUNT)
        low = shrink(source, w, h)
        for codec in ("none", "vp8", "h264"):
            for rate in (0,) if codec == "none" else rates:
                kept = cache and os.path.join(cache, f"clip_{clip}_{codec}_{rate}.npy")
                if kept and os.path.exists(kept):
                    decoded = np.load(kept)
                else:
                    decoded = code(low, w // 2, h // 2, codec, rate)
                    if kept:
                        os.makedirs(cache, exist_ok=True)
                        np.save(kept, decoded)
                last = min(len(decoded), len(source))
                yield clip, codec, rate, [(decoded[i, : h // 2], source[i, :h]) for i in range(max(0, last - COUNT), last)]
