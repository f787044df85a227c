"""
Writes the engine's golden vectors: small networks with random weights, a picture, and what ONNX Runtime makes of it.

    NODE_PATH=DIR/node_modules python3 golden_vectors.py OUT

needs numpy, and node with the package onnxruntime-node. Each NAME.onnx gets NAME.upscaled, little-endian float32; the
picture is luma.bin, 29 x 23 bytes.
"""

import pathlib
import subprocess
import sys

import numpy as np

import onnx_file

WIDTH, HEIGHT = 29, 23

RUN = """
const ort = require('onnxruntime-node'), fs = require('fs');
const [dir, width, height, ...names] = process.argv.slice(1);
(async () => {
  const luma = Float32Array.from(fs.readFileSync(`${dir}/luma.bin`), v => v / 255);
  for (const name of names) {
    const session = await ort.InferenceSession.create(`${dir}/${name}.onnx`);
    const result = await session.run({ luma: new ort.Tensor('float32', luma, [1, 1, +height, +width]) });
    fs.writeFileSync(`${dir}/${name}.upscaled`, Buffer.from(result.upscaled.data.buffer));
  }
})();
"""


def network(widths, scale, rng, first_kernel=3, activation="relu"):
    layers, inputs = [], 1
    for i, outputs in enumerate([*widths, scale * scale]):
        k = first_kernel if i == 0 else 3
        spread = np.sqrt(2 / (inputs * k * k)) * (0.1 if i == len(widths) else 1)
        layer = {"weight": rng.standard_normal((outputs, inputs, k, k)) * spread, "bias": rng.standard_normal(outputs) * 0.05}
        if activation == "prelu":
            layer["slope"] = rng.uniform(0, 0.4, outputs)
        elif activation == "clip":
            layer["clip"] = 1.0
        layers.append(layer)
        inputs = outputs
    return layers


def main(out):
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    luma = np.clip(128 + 130 * np.sin(0.6 * x + 0.35 * y) + rng.normal(0, 15, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8)
    (out / "luma.bin").write_bytes(luma.tobytes())
    facts = {"task": "super-resolution", "licence": "MIT", "training_data": "none: random weights"}
    models = {
        "body16": (network([16] * 5, 2, rng, activation="prelu"), {"skip_from": 1, "skip_to": (5,)}),
        "body8": (network([8] * 5, 2, rng, first_kernel=5, activation="clip"), {"clip_output": True}),
        "scale3": (network([12, 8], 3, rng), {"scale": 3, "base": "linear"}),
        "scale1": (network([8, 8], 1, rng), {"scale": 1}),
    }
    for name, (layers, options) in models.items():
        (out / f"{name}.onnx").write_bytes(onnx_file.upscaler(layers, {"id": f"golden-{name}", **facts}, **options))
    subprocess.run(["node", "-e", RUN, str(out), str(WIDTH), str(HEIGHT), *models], check=True)


if __name__ == "__main__":
    main(sys.argv[1])
