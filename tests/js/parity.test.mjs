// Every shipped model gives the same output in our WebAssembly as in ONNX Runtime, on the same file
// and inputs. Tolerance: 1e-5 absolute plus 1e-4 of the value (float sums in another order).
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
const files = readdirSync(models, { recursive: true }).filter((file) => file.endsWith('.onnx'));

function assertClose(ours, theirs, what, near = 1e-5) {
  assert.equal(ours.length, theirs.length, what);
  if (typeof theirs[0] === 'string') return assert.deepEqual(ours, theirs, what);
  for (let i = 0; i < ours.length; i += 1) {
    const allowed = near + 1e-4 * Math.abs(theirs[i]);
    assert.ok(
      Math.abs(ours[i] - theirs[i]) <= allowed,
      `${what}[${i}]: ${ours[i]} here, ${theirs[i]} in ONNX Runtime`,
    );
  }
}

/** The first `n` entries, or rows, of every input, n from nothing to all. */
function shortened(inputs, n) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { type, dims, data }]) => [
      name,
      { type, dims: dims.with(0, n), data: data.slice(0, (n * data.length) / dims[0]) },
    ]),
  );
}

// A vector machine sums thousands of numbers of either sign as float32, each engine in its own order.
const kLooser = { 'behaviour/svm/model.onnx': 1e-4 };

test('there are shipped models to compare', () => {
  assert.ok(existsSync(models) && files.length >= 2, files.join());
});

for (const file of files) {
  test(`${file}: the same output as ONNX Runtime, for 1, 2, 17 and all inputs`, async () => {
    const bytes = new Uint8Array(readFileSync(`${models}/${file}`));
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
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
        assertClose(ours[name].data, theirs[name].data, name, kLooser[file]);
      }
    }
    model.dispose();
  });
}
