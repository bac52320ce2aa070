// The part of the benchmark that runs in Chromium; bench.mjs serves and calls it.

import { inputsFor } from './inputs.mjs';
import { compare } from './timing.mjs';

/** From nothing to the first output: fetch, compile, open the model, run it once. Milliseconds. */
export async function coldStorewise(model, metadata) {
  const start = performance.now();
  const { loadModel } = await import('/dist/index.js');
  const opened = await loadModel(model);
  opened.run(tensorsOfOurs(inputsFor(metadata)));
  return performance.now() - start;
}

export async function coldOnnxRuntime(model, metadata) {
  const start = performance.now();
  const session = await openOnnxRuntime(model);
  await session.run(await tensorsOfOnnxRuntime(inputsFor(metadata)));
  return performance.now() - start;
}

export async function callTimes(model, metadata) {
  const { loadModel } = await import('/dist/index.js');
  const opened = await loadModel(model);
  const session = await openOnnxRuntime(model);
  const ours = tensorsOfOurs(inputsFor(metadata));
  const theirs = await tensorsOfOnnxRuntime(inputsFor(metadata));
  return compare(
    () => opened.run(ours),
    () => session.run(theirs),
  );
}

function tensorsOfOurs(inputs) {
  return Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data]));
}

async function onnxRuntime() {
  const ort = await import('/ort/ort.wasm.min.mjs');
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = '/ort/';
  return ort;
}

async function openOnnxRuntime(model) {
  const ort = await onnxRuntime();
  return ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
}

async function tensorsOfOnnxRuntime(inputs) {
  const ort = await onnxRuntime();
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { type, dims, data }]) => [
      name,
      new ort.Tensor(type, data, dims),
    ]),
  );
}
