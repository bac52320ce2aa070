// The networks and scikit-learn models that models/recipes/keras made: each answers its recorded rows as
// ONNX Runtime did, here and in ONNX Runtime Web, and is as good as its card says where that can be
// measured without Python.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import { loadModel } from 'storewise';
import { icon, kSide } from '../../models/recipes/icons/icons.mjs';
import { parts } from '../../models/recipes/keras/recipe.mjs';
import { kWords, wordsOf, wordsTensor } from '../../models/recipes/keras/words.mjs';
import { compare, inputsOf } from '../../models/recipes/parity/compare.mjs';
import { allModels, shippedFolders } from '../../models/recipes/table.mjs';
import { readCsv } from '../bench/data.mjs';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const models = fileURLToPath(new URL('../../models/', import.meta.url));
const faq = fileURLToPath(new URL('../../models/recipes/complete-journey/', import.meta.url));
const kLargest = 200_000;
const kOrtTypes = { float: 'float32' };
const kOurTypes = { float32: 'float' };

const json = (folder, name) => JSON.parse(readFileSync(path.join(models, folder, name), 'utf8'));
const folders = shippedFolders(models).filter(
  (folder) =>
    existsSync(path.join(models, folder, 'metrics.json')) &&
    parts.includes(json(folder, 'metrics.json').name),
);
const bytesOf = (folder) => new Uint8Array(readFileSync(path.join(models, folder, 'model.onnx')));

/** Calls `body` with the opened model of a folder. */
async function withModel(folder, body) {
  const model = await loadModel(bytesOf(folder), { name: folder });
  try {
    return await body(model);
  } finally {
    model.dispose();
  }
}

async function runOnnxRuntime(folder, inputs) {
  const session = await ort.InferenceSession.create(bytesOf(folder), {
    executionProviders: ['wasm'],
    // Its own fusion of int8 weights with MatMul rounds what goes in as well.
    graphOptimizationLevel: 'disabled',
  });
  const feeds = Object.entries(inputs).map(([name, { type, dims, data }]) => [
    name,
    new ort.Tensor(kOrtTypes[type] ?? type, data, dims),
  ]);
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { type, dims, data }]) => [
      name,
      { type: kOurTypes[type] ?? type, dims: [...dims], data },
    ]),
  );
}

/** The number of the largest value of each row. */
function likeliest({ dims: [rows, width], data }) {
  return Array.from({ length: rows }, (_, row) => {
    const own = data.subarray(row * width, (row + 1) * width);
    return own.indexOf(Math.max(...own));
  });
}

test('every model of the recipe is there, once', () => {
  assert.deepEqual(
    folders.map((folder) => json(folder, 'metrics.json').name).sort(),
    [...parts].sort(),
  );
});

test('models/README.md has the figures that the recipes measured', async () => {
  assert.equal(readFileSync(path.join(models, 'README.md'), 'utf8'), await allModels(models));
});

for (const folder of folders) {
  describe(folder, () => {
    const examples = json(folder, 'examples.json');
    const metrics = json(folder, 'metrics.json');

    test('answers its recorded rows as ONNX Runtime did', async () => {
      await withModel(folder, (model) => {
        const { problems } = compare(examples, model.run(inputsOf(examples)));
        assert.deepEqual(problems, []);
      });
    });

    test('answers them so in ONNX Runtime Web as well', async () => {
      const { problems } = compare(examples, await runOnnxRuntime(folder, inputsOf(examples)));
      assert.deepEqual(problems, []);
    });

    test('has the bytes and the figures that its card says', () => {
      const size = bytesOf(folder).length;
      const card = readFileSync(path.join(models, folder, 'card.md'), 'utf8');
      assert.equal(metrics.bytes.int8 ?? metrics.bytes.float, size);
      assert.ok(size <= kLargest, `${size} bytes`);
      assert.match(card, new RegExp(`${size.toLocaleString('en')} bytes`));
      for (const { float, int8 } of Object.values(metrics.figures)) {
        for (const figure of [float, int8].filter(Boolean)) {
          assert.ok(figure.low <= figure.value && figure.value <= figure.high);
          assert.ok(card.includes(figure.value.toFixed(4)), `${figure.value}`);
        }
        if (int8 !== undefined) assert.ok(float.value - int8.value < 0.01, 'int8 costs a point');
      }
      assert.match(card, new RegExp(`npm run models -- keras/${metrics.name}`));
    });
  });
}

test('the icons that nobody has learnt from are recognised as often as the card says', async () => {
  const { figures } = json('deep/cnn-icons', 'metrics.json');
  const drawn = Array.from({ length: 240 }, (_, i) => icon(6000 + i));
  await withModel('deep/cnn-icons', (model) => {
    const { probabilities } = model.run({
      pixels: {
        dims: [drawn.length, kSide, kSide, 1],
        data: Float32Array.from(drawn.flatMap(({ pixels }) => [...pixels])),
      },
    });
    const right = likeliest(probabilities).filter(
      (best, i) => model.metadata.labels[best] === drawn[i].label,
    ).length;
    // 240 pictures: three standard deviations are 0.05.
    const share = right / drawn.length;
    assert.ok(share > figures.accuracy.int8.value - 0.05, `${right} of ${drawn.length}`);
  });
});

for (const folder of ['deep/lstm-questions', 'deep/conv1d-questions']) {
  test(`${folder}: questions by others are answered as well as the card says`, async () => {
    const { more } = json(folder, 'metrics.json');
    const [[name, float]] = Object.entries(more);
    const asked = readCsv(path.join(faq, 'faq-heldout.csv')).filter(
      ({ language }) => language === 'en',
    );
    assert.equal(name, `accuracy on ${asked.length} others`);
    await withModel(folder, (model) => {
      const { probabilities } = model.run(wordsTensor(asked.map(({ text }) => text)));
      const right = likeliest(probabilities).filter(
        (best, i) => model.metadata.labels[best] === asked[i].label,
      ).length;
      assert.ok(Math.abs(right / asked.length - float) <= 0.0126, `${right} of ${asked.length}`);
    });
  });
}

test('a text becomes its last words, lower-cased, with the empty ones in front', () => {
  assert.deepEqual(wordsOf('Where’s my ORDER, no. 12?').slice(-6), [
    ...['', "where's", 'my', 'order', 'no', '12'],
  ]);
  const long = Array.from({ length: 30 }, (_, i) => `w${i}`);
  assert.deepEqual(wordsOf(long.join(' ')), long.slice(-kWords));
  assert.deepEqual(wordsOf('?!'), Array(kWords).fill(''));
});
