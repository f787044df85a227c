#!/usr/bin/env python3
"""
The mean of the weights of networks that were trained on from one another or from the same one, as a checkpoint in 16 bits. What one run of the training
leaves out another has (Wortsman et al., Model soups, ICML 2022).

    mean.py OUT.pt FIRST.pt SECOND.pt ...
"""

import sys

import torch

if __name__ == "__main__":
    out, *paths = sys.argv[1:]
    states = [torch.load(path, map_location="cpu") for path in paths]
    averaged = {key: sum(state["averaged"][key].float() for state in states) / len(states) for key in states[0]["averaged"]}
    torch.save({**{key: states[-1][key] for key in ("name", "step", "seconds")}, "averaged": {key: value.half() for key, value in averaged.items()}}, out)
