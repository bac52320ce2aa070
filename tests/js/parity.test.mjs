// Every shipped model gives the same output in our WebAssembly as in ONNX Runtime, on the same file
// and inputs; the model of replies is held in replies.test.mjs, step by step. Tolerance: 1e-5 absolute
// plus 1e-4 of the value (float sums in another order).
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import { loadModel } from '../../dist/index.js';
import { generator, inputsFor } from '../bench/inputs.mjs';
import { feedOfOurs } from '../bench/measure.mjs';

ort.env.wasm.numThreads = 1;
const models = fileURLToPath(new URL('../../models/', import.meta.url));
const files = readdirSync(models, { recursive: true }).filter(
  (file) => file.endsWith('.onnx') && !file.startsWith('replies'),
);

function assertClose(ours, theirs, what, near = 1e-5) {
  assert.equal(ours.length, theirs.length, what);
  if (typeof theirs[0] !== 'number') return assert.deepEqual([...ours], [...theirs], what);
  for (let i = 0; i < ours.length; i += 1) {
    const allowed = near + 1e-4 * Math.abs(theirs[i]);
    assert.ok(
      Math.abs(ours[i] - theirs[i]) <= allowed,
      `${what}[${i}]: ${ours[i]} here, ${theirs[i]} in ONNX Runtime`,
    );
  }
}

/** The first `n` entries, or rows, of every input that has as many as the first. */
function shortened(inputs, n) {
  const [length] = Object.values(inputs)[0].dims;
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { type, dims, data }]) => [
      name,
      dims[0] !== length
        ? { type, dims, data }
        : { type, dims: dims.with(0, n), data: data.slice(0, (n * data.length) / length) },
    ]),
  );
}

// A vector machine sums thousands of numbers of either sign as float32, each engine in its own order.
// Networks with int8 weights: our products round what goes in to 16 bits.
const kLooser = [
  [/^behaviour\/svm/, 1e-4],
  [/^sklearn\/svm/, 5e-4],
  [/^deep\/|lstm/, 2e-3],
];
// ONNX Runtime's own fusion of int8 weights rounds what goes in to 8 bits: left out.
const kAsWritten = /^deep\/|lstm/;

test('there are shipped models to compare', () => {
  assert.ok(existsSync(models) && files.length >= 2, files.join());
});

for (const file of files) {
  test(`${file}: the same output as ONNX Runtime, for 1, 2, 17 and all inputs`, async () => {
    const bytes = new Uint8Array(readFileSync(`${models}/${file}`));
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: kAsWritten.test(file) ? 'disabled' : 'all',
    });
    const near = kLooser.find(([pattern]) => pattern.test(file))?.[1];
    const model = await loadModel(bytes.slice(), { name: file });
    const next = generator(5);
    for (let round = 0; round < 12; round += 1) {
      const all = inputsFor(model.metadata, 1 + next(10000), 64);
      const [length] = Object.values(all)[0].dims;
      const inputs = shortened(all, [1, 2, 17, length][round % 4]);
      const theirs = await session.run(
        Object.fromEntries(
          Object.entries(inputs).map(([name, { type, dims, data }]) => [
            name,
            new ort.Tensor(type, data, dims),
          ]),
        ),
      );
      const ours = model.run(feedOfOurs(inputs));
      for (const name of session.outputNames) {
        assert.deepEqual(ours[name].dims, [...theirs[name].dims], name);
        assertClose(ours[name].data, theirs[name].data, name, near);
      }
    }
    model.dispose();
  });
}
