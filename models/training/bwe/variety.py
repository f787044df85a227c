"""
Other callers than were recorded, made of levels alone while training: microphones and rooms that colour or cut off what lies above 8 kHz, rooms that
hum below it and are silent above, and noise suppressors that hold the pauses down.
"""

import numpy as np


class Caller:
    """One of them; the random generator decides which."""

    def __init__(self, random):
        self.random = random
        self.octave = random.normal(0, 0.15) if random.random() < 0.5 else 0.0
        kind = random.random()
        # Corner, bels an octave, bels in all.
        self.fall = (1e9, 1.0, 0.0)
        if kind < 0.12:
            self.fall = (random.uniform(4000, 14000), random.uniform(0.5, 2.5), 6.0)
        elif kind < 0.22:
            self.fall = (random.uniform(6500, 11000), random.uniform(2.0, 12.0), random.uniform(1.0, 6.0))
        self.depth = random.uniform(0.5, 3.0) if random.random() < 0.15 else 0.0
        self.noise = random.uniform(2.0, 6.0) if random.random() < 0.35 else None

    def response(self, hz):
        """log10 of power over Hz."""
        corner, slope, most = self.fall
        bend = np.minimum(slope * np.logaddexp(0, 8 * np.log2(np.maximum(hz, 1) / corner)) / 8, most)
        return np.clip(self.octave * np.log2(np.maximum(hz, 1500) / 1500) - bend, -6, 1.2)

    def gate(self, powers):
        """log10 of a suppressor's gain, for each step of band powers."""
        if not self.depth:
            return np.zeros(len(powers))
        level = np.log10(powers.mean(1))
        level = np.convolve(np.pad(level, (8, 8), mode="edge"), np.ones(17) / 17, "valid")
        low, high = np.quantile(level, (0.05, 0.95))
        threshold = low + self.random.uniform(0.2, 0.5) * (high - low)
        return -self.depth / (1 + np.exp(-(threshold - level) / 0.25))

    def background(self, powers, rate):
        """log10 of a steady noise's power density, or None."""
        if self.noise is None:
            return None
        reference = np.log10(powers[:, 8:20].mean() + 1e-12) - np.log10(rate / 2) - self.noise
        slope = self.random.normal(-0.2, 0.25)
        corner, fall, most = 1e9, 1.0, 0.0
        if self.random.random() < 0.65:
            corner, fall, most = self.random.uniform(5000, 11000), self.random.uniform(0.5, 8), self.random.uniform(0.3, 4)

        def density(hz):
            bend = np.minimum(fall * np.logaddexp(0, 8 * np.log2(np.maximum(hz, 1) / corner)) / 8, most)
            return reference + slope * np.log2(np.maximum(hz, 200) / 1500) - bend

        return density
