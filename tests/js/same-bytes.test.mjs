// "Same data, same bytes": what the trainer makes in WebAssembly is what it made natively
// (tests/cpp/train_same_bytes_test.cpp, which leaves its models in build/native/same-bytes).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { generator } from '../bench/inputs.mjs';
import { openTrainer } from './support/trainer.mjs';

const root = new URL('../../', import.meta.url);
const options = JSON.parse(readFileSync(new URL('tests/golden/training/options.json', root)));

async function trainer() {
  const { wasm, put, taken } = await openTrainer();
  return { wasm, put, model: (status) => taken(status).model };
}

const json = (model, list, prefix, count) =>
  new TextEncoder().encode(
    JSON.stringify({
      ...options[model],
      [list]: Array.from({ length: count }, (_, i) => `${prefix}${i}`),
    }),
  );

function native(name) {
  const file = fileURLToPath(new URL(`build/native/same-bytes/${name}`, root));
  try {
    return readFileSync(file);
  } catch {
    throw new Error(`${file} is missing: build the native tests and run ctest first`);
  }
}

test('the recommender has the same bytes natively and in WebAssembly', async () => {
  const { wasm, put, model } = await trainer();
  const next = generator(11);
  const events = { session: [], item: [], time: [] };
  for (let session = 0; session < 600; session += 1) {
    const base = next(80);
    for (let step = 0; step < 6; step += 1) {
      events.session.push(session);
      events.item.push((base + next(7)) % 80);
      events.time.push(session * 100 + step * 10);
    }
  }
  const given = json('recommender', 'items', 'sku-', 80);
  const made = model(
    wasm.swt_train_recommender(
      put(given),
      given.length,
      put(Int32Array.from(events.session)),
      put(Int32Array.from(events.item)),
      put(Float64Array.from(events.time)),
      events.session.length,
    ),
  );
  assert.ok(made.equals(native('recommender.onnx')));
});

test('the classifier has the same bytes natively and in WebAssembly', async () => {
  const { wasm, put, model } = await trainer();
  const next = generator(12);
  const texts = [];
  const labels = [];
  for (let example = 0; example < 240; example += 1) {
    const label = example % 12;
    texts.push(Array.from({ length: 5 }, () => `word${label * 7 + next(20)}`).join(' '));
    labels.push(label);
  }
  const ends = Uint32Array.from(texts, (_, i) => texts.slice(0, i + 1).join('').length);
  const given = json('classifier', 'labels', 'intent-', 12);
  const made = model(
    wasm.swt_train_classifier(
      put(given),
      given.length,
      put(new TextEncoder().encode(texts.join(''))),
      put(ends),
      put(Int32Array.from(labels)),
      texts.length,
    ),
  );
  assert.ok(made.equals(native('classifier.onnx')));
});

test('models of a table have the same bytes natively and in WebAssembly', async () => {
  const { wasm, put, model } = await trainer();
  const rows = 400;
  const next = generator(13);
  const cells = new Float64Array(3 * rows);
  const classes = [];
  const values = [];
  for (let row = 0; row < rows; row += 1) {
    const amount = next(1000);
    const visits = next(12);
    const plan = next(4);
    const sum = Math.trunc(amount / 10) + 7 * visits + (plan === 2 ? 40 : 0) + next(30);
    cells[row] = amount / 8;
    cells[rows + row] = row % 17 === 0 ? Number.NaN : visits;
    cells[2 * rows + row] = plan;
    classes.push(sum < 80 ? 0 : sum < 130 ? 1 : 2);
    values.push(sum / 4);
  }
  for (const ofClasses of [true, false]) {
    const last = ofClasses ? 'logistic' : 'linear';
    for (const kind of ['tree', 'forest', 'boosted', 'svm', 'mlp', last]) {
      const target = {
        name: 'target',
        kind: ofClasses ? 'category' : 'number',
        levels: ofClasses ? ['low', 'middle', 'high'] : [],
      };
      const given = new TextEncoder().encode(
        JSON.stringify({
          ...options.table,
          kind,
          classes: ofClasses,
          columns: [...options.table.columns, target],
        }),
      );
      const all = Float64Array.from([...cells, ...(ofClasses ? classes : values)]);
      const made = model(wasm.swt_train_table(put(given), given.length, put(all), rows));
      const name = `table-${kind}-${ofClasses ? 'classes' : 'numbers'}.onnx`;
      assert.ok(made.equals(native(name)), name);
    }
  }
});

test('networks of pictures and texts have the same bytes natively and in WebAssembly', async () => {
  const { wasm, put, model } = await trainer();
  const rows = 120;
  const pixels = 36;
  const next = generator(15);
  const cells = new Float64Array((pixels + 1) * rows);
  const target = new Float64Array(rows);
  const texts = [];
  for (let row = 0; row < rows; row += 1) {
    const label = row % 3;
    const at = next(6);
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const [x, y] = [pixel % 6, Math.trunc(pixel / 6)];
      const bright = label === 0 ? x === at : label === 1 ? y === at : (x + at) % 6 === y;
      cells[pixel * rows + row] = next(100) + (bright ? 100 : 0);
    }
    cells[pixels * rows + row] = label;
    target[row] = label;
    const words = 2 + next(6);
    texts.push(Array.from({ length: words }, () => `word${label * 5 + next(12)}`).join(' '));
  }
  let end = 0;
  const ends = Uint32Array.from(texts, (text) => {
    end += text.length;
    return end;
  });
  const classes = { name: 'target', kind: 'category', levels: ['a', 'b', 'c'] };
  for (const [name, of] of Object.entries(options.network)) {
    const ofPictures = of.text === undefined;
    const columns = ofPictures
      ? Array.from({ length: pixels }, (_, i) => ({ name: `p${i}`, kind: 'number', levels: [] }))
      : [];
    const given = new TextEncoder().encode(
      JSON.stringify({ ...of, columns: [...columns, classes], target: columns.length }),
    );
    const made = model(
      wasm.swt_train_network(
        put(given),
        given.length,
        put(ofPictures ? cells : target),
        rows,
        put(new TextEncoder().encode(texts.join(''))),
        put(ends),
      ),
    );
    assert.ok(made.equals(native(`${name}.onnx`)), name);
  }
});

test('uplift of an experiment has the same bytes natively and in WebAssembly', async () => {
  const { wasm, put, model } = await trainer();
  const rows = 900;
  for (const ofLine of [true, false]) {
    const next = generator(14);
    const cells = new Float64Array(5 * rows);
    for (let row = 0; row < rows; row += 1) {
      const amount = next(1000);
      const visits = next(12);
      const plan = next(4);
      const arm = next(2);
      const effect = ofLine ? Math.trunc(amount / 8) : plan === 2 && visits > 5 ? 200 : 0;
      const sum = 7 * visits + (arm === 1 ? effect : 0) + next(60);
      const values = [amount / 8, row % 17 === 0 ? Number.NaN : visits, plan, arm, sum / 4];
      for (const [c, value] of values.entries()) cells[c * rows + row] = value;
    }
    const given = new TextEncoder().encode(JSON.stringify(options.uplift));
    const made = model(wasm.swt_train_uplift(put(given), given.length, put(cells), rows));
    const name = ofLine ? 'uplift-line.onnx' : 'uplift-trees.onnx';
    assert.ok(made.equals(native(name)), name);
  }
});
