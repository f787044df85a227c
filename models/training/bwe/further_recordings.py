#!/usr/bin/env python3
"""Recordings for pack.py --also and --valid-also out of public packages and repositories, joined by speaker, at 48 kHz.

    further_recordings.py ROOT OUT

ROOT holds what is listed in SOURCES, unpacked: Debian packages by `dpkg -x` (of 0ad-data then audio/voice out of public.zip), repositories by
`git archive`. Writes OUT/free, OUT/gpl and OUT/heldout (voices that only validate), each with manifest.tsv.
"""

import glob
import os
import re
import sys

import numpy as np
import scipy.signal as ss
import soundfile

from spoken_commands import bandwidth

MINUTES = 4.0
# Name, licence, files, what in a path names the speaker, where the files come from.
SOURCES = (
    ("0ad", "CC-BY-SA-3.0", "0ad/audio/voice/*/civ/*.ogg", r"voice/(\w+)/civ/civ_(\w+?)_", "debian:0ad-data 0.0.26"),
    ("gcin", "CC-BY-3.0", "gcin-voice/usr/share/gcin-voice/ogg/*/5.ogg", r"/(5)\.ogg", "debian:gcin-voice, Chu Lo"),
    ("gcin", "GPL-3", "gcin-voice/usr/share/gcin-voice/ogg/*/3.ogg", r"/(3)\.ogg", "debian:gcin-voice"),
    ("cmn", "CC-BY-SA-3.0", "cmn/64k/syllabs/*.mp3", r"(syllabs)", "github:hugolpz/audio-cmn, Chen Wang"),
    ("vctk", "CC-BY-4.0", "nuwave*/docs/samples/*/original_48k/*.wav", r"(nuwave2?)/", "github:maum-ai/nuwave, nuwave2: VCTK"),
    ("tuxpaint", "GPL-2", "tuxpaint-stamps-default/usr/share/tuxpaint/stamps/**/*_desc_*.ogg", r"_desc_(\w+)\.ogg", "debian:tuxpaint-stamps-default"),
    ("klettres", "GPL-2+", "klettres-data/usr/share/klettres/*/*/*.ogg", r"klettres/(\w+)/", "debian:klettres-data"),
    ("freeswitch", "GPL-3", "freeswitch/48000/en/gb/richard/*/48000/*.wav", r"(richard)", "github:racitup/freeswitch-sounds-en-gb-richard"),
)
# The test set's languages are left out of the volunteers' recordings, lest one of its voices be among them.
LEFT_OUT = re.compile(r"(tuxpaint|klettres)-(ast|fi|kn|pl|tr|cs)$")
HELD_OUT = re.compile(r"vctk-|0ad-latin|tuxpaint-(el|da)$|klettres-(uk|hu|en_GB)$")


def speakers(root, source):
    name, _, files, pattern, _ = source
    found = {}
    for path in sorted(glob.glob(os.path.join(root, files), recursive=True)):
        match = re.search(pattern, path)
        if match:
            found.setdefault("-".join((name, *match.groups())), []).append(path)
    return {speaker: paths for speaker, paths in found.items() if not LEFT_OUT.search(speaker)}


def join(paths):
    """Clips spread over all there are, one after another, and where their content ends."""
    pick = np.random.default_rng(1).permutation(len(paths))
    clips, seconds = [], 0.0
    for index in pick:
        try:
            samples, rate = soundfile.read(paths[index], always_2d=True)
        except soundfile.LibsndfileError:
            continue
        samples = samples.mean(1)
        if rate < 44100 or len(samples) < 0.15 * rate or np.abs(samples).max() < 0.02:
            continue
        if rate != 48000:
            divisor = np.gcd(rate, 48000)
            samples = ss.resample_poly(samples, 48000 // divisor, rate // divisor)
        clips.append(samples / max(1, np.abs(samples).max() / 0.99))
        seconds += len(samples) / 48000
        if seconds > 60 * MINUTES:
            break
    return (np.concatenate(clips), bandwidth(np.concatenate(clips), 48000, False)) if clips else (np.zeros(0), 0)


def open_manifests(out, groups):
    manifests = {}
    for group in groups:
        os.makedirs(os.path.join(out, group), exist_ok=True)
        manifests[group] = open(os.path.join(out, group, "manifest.tsv"), "w")
        manifests[group].write("path\tsource\tlicence\tspeaker\tlang\tsr\tseconds\treal_bandwidth_hz\n")
    return manifests


def write(manifest, source, speaker, samples, reach, length, pieces):
    """At most so many pieces of that many samples beside their manifest."""
    for number in range(min(pieces, max(1, round(len(samples) / length)))):
        part = samples[number * length : (number + 1) * length]
        name = f"{speaker}-{number}.flac"
        soundfile.write(os.path.join(os.path.dirname(manifest.name), name), part, 48000, subtype="PCM_24")
        manifest.write(f"{name}\t{source[4]}\t{source[1]}\t{speaker}\t\t48000\t{len(part) / 48000:.1f}\t{reach:.0f}\n")
    print(f"{os.path.basename(os.path.dirname(manifest.name))}: {speaker}, {len(samples) / 48000:.0f} s, {reach:.0f} Hz", flush=True)


def main():
    root, out = sys.argv[1:3]
    manifests = open_manifests(out, ("free", "gpl", "heldout"))
    for source in SOURCES:
        for speaker, paths in speakers(root, source).items():
            samples, reach = join(paths)
            if len(samples) < 8 * 48000 or reach < 9000:
                print(f"left out: {speaker}, {len(samples) / 48000:.0f} s, {reach:.0f} Hz")
                continue
            group = "heldout" if HELD_OUT.search(speaker) else "gpl" if source[1].startswith("GPL") else "free"
            # A minute in a file; of a voice that validates no more than half a minute.
            length, pieces = (48000 * 30, 1) if group == "heldout" else (48000 * 60, len(samples))
            write(manifests[group], source, speaker, samples, reach, length, pieces)


if __name__ == "__main__":
    main()
