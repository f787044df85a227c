"""Upscalers to compare with: bicubic, and FSRCNNX read from the text of its mpv shader (not part of this repository)."""

import re

import numpy as np
import torch
import torch.nn.functional as F

from resample import resize, to_bytes


def bicubic(luma):
    return to_bytes(resize(luma, 2.0))


class ShaderNetwork:
    """A chain of convolution passes written out as vec4 sums: `res += vec4(w) * float(TEX(offset))` or `mat4(..) * TEX(offset)`."""

    def __init__(self, path):
        passes = re.split(r"(?=//!HOOK)", open(path).read())
        self.passes = []
        for text in passes:
            saved = re.search(r"//!SAVE (\w+)", text)
            bias, terms, slope, copied = None, [], None, []
            for line in text.splitlines():
                line = line.strip()
                if line.startswith("vec4 res = vec4("):
                    bias = numbers(line.split("vec4(", 1)[1])
                elif line.startswith("res += mat4"):
                    inside, call = re.match(r"res \+= mat4(?:x4)?\((.*)\) \* (.*);", line).groups()
                    terms.append((np.array(numbers(inside)).reshape(4, 4).T, *texture(call)))
                elif line.startswith("res += vec4(") and "float(" in line:
                    inside, call = re.match(r"res \+= vec4\((.*)\) \* float\((.*)\);", line).groups()
                    terms.append((np.array(numbers(inside)).reshape(4, 1), *texture(call)))
                elif line.startswith("res = max(res, vec4(0.0)) + vec4("):
                    slope = numbers(line.split("+ vec4(", 1)[1].split(")")[0])
                elif re.match(r"res \+= \w+_tex(Off)?\(", line):
                    copied.append(re.match(r"res \+= (\w+)_tex", line).group(1))
            if saved and bias is not None:
                self.passes.append((saved.group(1), bias, terms, slope, copied))

    def __call__(self, luma):
        x = torch.from_numpy(luma.astype(np.float32))[None, None] / 255
        maps = {"LUMA": x}
        for name, bias, terms, slope, copied in self.passes:
            out = torch.tensor(bias).view(1, 4, 1, 1).expand(1, 4, *x.shape[2:]).clone()
            by_source = {}
            for matrix, source, dx, dy in terms:
                by_source.setdefault(source, []).append((matrix, dx, dy))
            for source, entries in by_source.items():
                reach = max(max(abs(dx), abs(dy)) for _, dx, dy in entries)
                inputs = entries[0][0].shape[1]
                kernel = torch.zeros(4, inputs, 2 * reach + 1, 2 * reach + 1)
                for matrix, dx, dy in entries:
                    kernel[:, :, reach + dy, reach + dx] += torch.tensor(matrix, dtype=torch.float32)
                padded = F.pad(maps[source][:, :inputs], (reach,) * 4, mode="replicate") if reach else maps[source][:, :inputs]
                out += F.conv2d(padded, kernel)
            for source in copied:
                out += maps[source]
            if slope is not None:
                out = out.clamp_min(0) + torch.tensor(slope).view(1, 4, 1, 1) * out.clamp_max(0)
            maps[name] = out
        # The shader's phases go down each column first.
        phases = out[:, [0, 2, 1, 3]]
        return torch.floor((F.pixel_shuffle(phases, 2)[0, 0] * 255 + 0.5).clamp(0, 255)).to(torch.uint8).numpy()


def numbers(text):
    return [float(v) for v in re.findall(r"-?\d+\.\d+(?:e[-+]\d+)?", text)]


def texture(call):
    name = re.match(r"(\w+)_tex", call).group(1)
    offset = re.search(r"vec2\((-?[\d.]+),\s*(-?[\d.]+)\)", call)
    return (name, int(float(offset.group(1))), int(float(offset.group(2)))) if offset else (name, 0, 0)
