// ONNX Runtime as a peer of `rtc bench inference`: node onnxruntime.js MODEL WIDTH HEIGHT THREADS FRAMES prints the
// milliseconds of each frame after the first tenth. Needs the package onnxruntime-node.
const ort = require('onnxruntime-node');

const [model, width, height, threads, frames] = process.argv.slice(2);

(async () => {
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: Number(threads), interOpNumThreads: 1, executionMode: 'sequential',
  });
  const luma = Float32Array.from({ length: width * height }, (_, i) => 0.5 + 0.4 * Math.sin(i * 0.1));
  const times = [];
  for (let i = 0; i < Number(frames); i++) {
    const input = new ort.Tensor('float32', luma, [1, 1, Number(height), Number(width)]);
    const started = process.hrtime.bigint();
    await session.run({ [session.inputNames[0]]: input });
    times.push(Number(process.hrtime.bigint() - started) / 1e6);
  }
  console.log(times.slice(Math.ceil(times.length / 10)).map((time) => time.toFixed(3)).join(' '));
})();
