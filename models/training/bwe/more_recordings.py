#!/usr/bin/env python3
"""More recordings for pack.py --also, in the way of further_recordings.py: joined by speaker, at 48 kHz.

    more_recordings.py ROOT OUT

ROOT holds what is listed in SOURCES, unpacked: Debian packages by `dpkg -x` (of nexuiz-data then data.pk3, a ZIP file, into unz/), repositories by
`git archive` at that commit, each in a folder of the name that its glob begins with. Writes OUT/more and OUT/moregpl, each with manifest.tsv. Nobody
has listened to all of them: that they are speech is what the sources say, and what is measured here.
"""

import glob
import os
import re
import sys

import numpy as np
import scipy.signal as ss
import soundfile

from further_recordings import join, open_manifests, write

PIECES = 3
LEAST_REACH = 13500
# Stories of global-asp/asp-audio whose own licence is CC-BY-NC (its README.md of each language): not these.
NC = r"asp/\w+/(?!0002|0003|0009|0030|0067|0073|0112|0120|0129|0179|0190|0193|0231|0234|0271)"
ASP = "github:global-asp/asp-audio@b2252fad7a, read by "
# Name, licence, files, what in a path names the speaker, where the files come from.
SOURCES = (
    ("artikulate", "CC-BY-SA-3.0", "artikulate/courses/basic/ba/**/*.ogg", r"basic/(\w+)/", "github:KDE/artikulate-data@1d05cca3d3"),
    ("childsplay", "CC-BY-SA-3.0", "childsplay/alphabet-sounds/alphabet-sounds_sl/**/*.ogg", r"sounds_(sl)/", "github:Txikilinux/childsplay@478c36f143"),
    ("childsplay", "GPL-3", "childsplay/alphabet-sounds/alphabet-sounds_*/**/*.ogg", r"sounds_((?!sl/)\w+)/", "github:Txikilinux/childsplay@478c36f143"),
    ("assessment", "MIT", "assessment/public/assets/audio/*/*.mp3", r"audio/(?!sound-effects)([\w-]+)/", "github:curiouslearning/assessment-survey-js@3733af5076"),
    ("ftm", "BSD-2-Clause", "ftm-arabic/Assets/**/Voice/**/*.mp3", r"ftm-(arabic)/", "github:Megapop/feed-the-monster@75c123a4b4"),
    ("ftm", "BSD-2-Clause", "ftm-russian/Assets/**/Voice/**/*.mp3", r"ftm-(russian)/", "github:Ash2022/FeedTheMonster-LearnRussian@a7a04bcde9"),
    ("ftmjs", "MIT", "ftmjs/lang/*/audios/*.[mw]*", r"lang/(?!arabic)(\w+)/", "github:monu1041/FeedTheMonsterJS@e05e754b59"),
    ("tokipona", "CC-BY-SA-4.0", "ijo/kalama/kalaasi*/*.mp3", r"kalama/(kalaasi)", "github:lipu-linku/ijo@dc42b438ec"),
    ("tofugu", "CC-BY-SA-4.0", "tofugu/lib/ogg/*.ogg", r"(ogg)/", "github:tofugu/japanese-vocabulary-pronunciation-audio@9725e0e7d6"),
    ("tinkrbook", "MIT", "tinkrbook/Assets/Resources/Audio/VO/Stanzas/*.mp3", r"(Stanzas)/", "github:curiouslearning/TinkrTeam_FirstTinkrBook@1cd6c53820"),
    ("storybook-soni", "CC-BY-3.0", "asp/en/*/ogg/*.ogg", NC + r"(?!0085|0293|0311|0331)()\d", ASP + "Darshan Soni"),
    ("storybook-namae", "CC-BY-3.0", "asp/*/*/ogg/*.ogg", r"/(?:en/(?:0085|0293|0311|0331)|myx/(?!0193))()", ASP + "Stella Maris Namae"),
    ("storybook-danahy", "CC-BY-3.0", "asp/fr/*/ogg/*.ogg", NC + r"()\d", ASP + "Alexandra Danahy"),
    ("storybook-namazzi", "CC-BY-3.0", "asp/lg/*/ogg/*.ogg", NC + r"()\d", ASP + "Elizabeth Namazzi"),
    ("nexuiz", "GPL-2", "nexuiz-data/unz/sound/player/*/coms/*.*", r"player/(?!carni|rept)([\w-]+)/", "debian:nexuiz-data 2.5.2-12"),
    ("horizons", "GPL-2+", "unknown-horizons/usr/share/unknown-horizons/content/audio/voice/*/*/*/*", r"voice/(\w+)/", "debian:unknown-horizons 2019.1-6"),
    ("iknowmyabcs", "GPL-3", "iknowmyabcs/sounds/es/*.ogg", r"sounds/(es)/", "github:sugarlabs/iknowmyabcs@25bf9b308d"),
    ("phoenicia", "GPL-3", "phoenicia/app/src/full/assets/locales/*/*/*.ogg", r"locales/(\w+)/", "github:XPRIZE/GLEXP-Team-The-Linguaculturalists@1546af2366"),
    ("ktuberling", "GPL-2+", "ktuberling/sounds/*/*.o*", r"sounds/(?!wa/)(\w+)/", "github:KDE/ktuberling@58c25d0ad8"),
    ("ktuberling-en", "GPL-2+", "ktuberling/sounds/*.ogg", r"sounds/()\w", "github:KDE/ktuberling@58c25d0ad8, Thorsteinn Malmjursson"),
)
BY_HEADER = {"assessment", "ktuberling", "childsplay", "ftmjs", "ftm", "phoenicia"}
BY_PITCH = {"tofugu"}
LEFT_OUT = re.compile(
    # The languages of the test set and of the voices that validate, lest one of those be among them.
    r"(childsplay|ktuberling)-(\w*_)?(ast|fi|kn|pl|tr|cs|el|gr|da|uk|hu|en_GB)(-\d+k\d)?$"
    # Mirror images above 8, 11 and 16 kHz, a tone above 18 kHz.
    r"|^(childsplay-(it|pt_BR)|phoenicia-es_ar|ktuberling-ga)(-\d+k\d)?$"
)


def header(path):
    """Rate and channels: within a folder they tell one volunteer's set of clips from another's."""
    try:
        with open(path, "rb") as file:
            info = None if file.read(8)[4:] == b"ftyp" else soundfile.info(path)
    except (soundfile.LibsndfileError, IsADirectoryError):
        return None
    # What is over an hour is a file cut off, and what is named .mp3 but is MPEG-4 would decode as noise.
    return (info.samplerate, info.channels) if info and info.samplerate >= 44100 and info.duration < 3600 else None


def voice(path):
    """Of two speakers whose clips lie mixed: which, by the median of the pitch; None where it is not clear."""
    samples, rate = soundfile.read(path, always_2d=True)
    samples = ss.resample_poly(samples.mean(1), 80, rate // 100)
    frames = samples[np.arange(0, max(0, len(samples) - 400), 160)[:, None] + np.arange(400)]
    frames = frames[np.sqrt((frames**2).mean(1)) > 0.3 * np.sqrt((frames**2).mean(1).max(initial=0))]
    if not len(frames):
        return None
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(400), 1024)) ** 2
    likeness = np.fft.irfft(spectrum)[:, 22:115].argmax(1) + 22
    pitch = np.median(8000 / likeness)
    return "high" if pitch > 185 else "low" if pitch < 150 else None


def speakers(root, source):
    name, _, files, pattern, _ = source
    found = {}
    for path in sorted(glob.glob(os.path.join(root, files), recursive=True)):
        match = re.search(pattern, path)
        kind = header(path) if match else None
        if kind and name in BY_PITCH:
            kind = voice(path)
        if kind:
            who = re.sub(r"[^\w-]", "", "-".join((name, *(g for g in match.groups() if g))))
            found.setdefault(who, {}).setdefault(kind if name in BY_HEADER | BY_PITCH else 0, []).append(path)
    result = {}
    for who, kinds in found.items():
        for kind, paths in kinds.items():
            result[who + ("" if len(kinds) == 1 else f"-{kind}" if isinstance(kind, str) else f"-{kind[0] // 1000}k{kind[1]}")] = paths
    return {who: paths for who, paths in result.items() if not LEFT_OUT.search(who)}


def above_noise(samples):
    """By how many dB speech stands over the pauses from 10 to 14 kHz: what a noisy recording holds there is hiss, whatever its bandwidth."""
    at = np.arange(0, min(len(samples), 60 * 48000) - 2048, 1024)[:, None] + np.arange(2048)
    power = np.abs(np.fft.rfft(samples[at] * np.hanning(2048))) ** 2
    energy, high = power.sum(1), power[:, 427:597].sum(1)
    quiet = high[energy < np.quantile(energy, 0.15)]
    return 10 * np.log10((high[energy > np.quantile(energy, 0.6)].mean() + 1e-9) / ((quiet.mean() if len(quiet) else 0) + 1e-9))


def main():
    root, out = sys.argv[1:3]
    manifests = open_manifests(out, ("more", "moregpl"))
    for source in SOURCES:
        for speaker, paths in speakers(root, source).items():
            samples, reach = join(paths)
            over = above_noise(samples) if len(samples) > 48000 else 0
            if len(samples) < 8 * 48000 or reach < LEAST_REACH or over < 8:
                print(f"left out: {speaker}, {len(samples) / 48000:.0f} s, {reach:.0f} Hz, {over:.0f} dB")
                continue
            group = "moregpl" if source[1].startswith("GPL") else "more"
            write(manifests[group], source, speaker, samples, reach, 48000 * 60, PIECES)


if __name__ == "__main__":
    main()
