// Holds model.onnx against its golden vectors in ONNX Runtime.
//   NODE_PATH=DIR node check_onnx.js MODEL_DIR     (DIR holds onnxruntime-node)
'use strict';
const fs = require('fs');
const path = require('path');
const ort = require('onnxruntime-node');

const floats = (file) => {
  const bytes = fs.readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

(async () => {
  const folder = process.argv[2];
  const luma = fs.readFileSync(path.join(folder, 'vectors', 'luma-61x47.u8'));
  const result = fs.readdirSync(path.join(folder, 'vectors')).find((name) => /^upscaled-.*\.f32$/.test(name));
  const expected = floats(path.join(folder, 'vectors', result));
  const session = await ort.InferenceSession.create(path.join(folder, 'model.onnx'));
  const input = new ort.Tensor('float32', Float32Array.from(luma, (v) => v / 255), [1, 1, 47, 61]);
  const { upscaled } = await session.run({ luma: input });
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(upscaled.data[i] - expected[i]));
  console.log(`${folder}: ${upscaled.dims.join('x')}, largest difference ${worst.toExponential(2)} (limit 1e-5)`);
  process.exit(worst <= 1e-5 && upscaled.data.length === expected.length ? 0 : 1);
})();
