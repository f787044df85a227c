#!/usr/bin/env python3
"""
A small network and the envelope of another in a large one, which plays what the small one would with that envelope: their units lie beside each
other, and the units that are new to the small one reach nothing of it yet.

    grow.py small.pt envelope.pt large.pt
"""

import sys

import torch

from model import BANDS, GAINS, LOOK, NETWORKS, OWN, SOURCES, STEP, TAPS, TIMES, Concealer
from train import weights_of


def places(parts, large, small):
    """Where the outputs or inputs of a layer that consists of parts lie in the larger one."""
    found, start = [], 0
    for part in parts:
        wide, narrow = (part, part) if isinstance(part, int) else (NETWORKS[large][part], NETWORKS[small][part])
        found += range(start, start + narrow)
        start += wide
    return torch.tensor(found)


HEARD = OWN + LOOK + STEP
# Outputs and inputs of the layers; a number is a part that is equally wide everywhere.
LAYERS = {
    "encode": (["encode"], [BANDS]),
    "context": (["context"], ["encode"], ["context"]),
    "start": (["first", "second", "condition"], ["context"]),
    "wave": (["wave"], [HEARD, "condition", TIMES, GAINS]),
    "first": (["first"], ["wave"], ["first"]),
    "second": (["second"], ["first"], ["second"]),
    "last": (["last"], ["wave", "first", "second"]),
    "out": ([SOURCES * TAPS], ["last"]),
}


def put(target, source, rows, columns):
    """The source's values into those rows, which get nothing from other columns."""
    if columns is None:
        target[rows] = source
    else:
        target[rows] = 0
        target[rows[:, None], columns] = source


def main():
    small, envelope = weights_of(sys.argv[1]), weights_of(sys.argv[2])
    torch.manual_seed(1)
    grown = Concealer("large").state_dict()
    for layer, (outputs, *inputs) in LAYERS.items():
        rows = places(outputs, "large", "small")
        if len(inputs) == 1:
            put(grown[f"{layer}.weight"], small[f"{layer}.weight"], rows, places(inputs[0], "large", "small"))
            put(grown[f"{layer}.bias"], small[f"{layer}.bias"], rows, None)
            continue
        suffix = "_l0" if f"{layer}.weight_ih_l0" in grown else ""
        for kind, columns in (("weight_ih", places(inputs[0], "large", "small")), ("weight_hh", places(inputs[1], "large", "small")),
                              ("bias_ih", None), ("bias_hh", None)):
            for target, source in zip(grown[f"{layer}.{kind}{suffix}"].chunk(3), small[f"{layer}.{kind}{suffix}"].chunk(3)):
                put(target, source, rows, columns)
    # The envelope's units are the last ones.
    encoded, context = (NETWORKS["envelope"][part] for part in ("encode", "context"))
    put(grown["encode.weight"][-encoded:], envelope["encode.weight"], torch.arange(encoded), None)
    put(grown["encode.bias"][-encoded:], envelope["encode.bias"], torch.arange(encoded), None)
    for kind, width in (("weight_ih", encoded), ("weight_hh", context), ("bias_ih", 0), ("bias_hh", 0)):
        for target, source in zip(grown[f"context.{kind}_l0"].chunk(3), envelope[f"context.{kind}_l0"].chunk(3)):
            columns = torch.arange(target.shape[1] - width, target.shape[1]) if width else None
            put(target[-context:], source, torch.arange(context), columns)
    lines, before = grown["envelope.weight"], NETWORKS["small"]["context"]
    lines[:, :before] = 0
    lines[:, before:] = envelope["envelope.weight"]
    grown["envelope.bias"].copy_(envelope["envelope.bias"])
    torch.save(dict(name="large", step=0, averaged=grown), sys.argv[3])


if __name__ == "__main__":
    main()
