#!/usr/bin/env python3
"""
The mean of the weights of networks that were trained on from one another, as a checkpoint in 16 bits. What one leg of the training leaves out another has,
and the mean is better than each (Wortsman et al., Model soups, ICML 2022).

    mean.py OUT.pt FIRST.pt SECOND.pt ...
"""

import sys

import torch

from train import halved, weights_of

if __name__ == "__main__":
    out, *paths = sys.argv[1:]
    states = [torch.load(path, map_location="cpu") for path in paths]
    weights = [weights_of(path) for path in paths]
    averaged = {key: sum(each[key] for each in weights) / len(weights) for key in weights[0]}
    torch.save({**{key: states[-1][key] for key in ("name", "step", "seconds")}, "averaged": halved(averaged)}, out)
