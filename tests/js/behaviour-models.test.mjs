// The shipped models of tables: each is the file that its recipe made, answers the rows of its card as
// the card says, here and in ONNX Runtime, and gives reasons that sum to the answer.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import { loadModel } from 'storewise';
import { customerValue } from '../../models/recipes/behaviour/customer-value.mjs';
import {
  kColumns,
  monthNumber,
  onlineShoppers,
} from '../../models/recipes/behaviour/online-shoppers.mjs';
import { file, temporaryFolder } from './cli-helpers.mjs';

ort.env.wasm.numThreads = 1;
const models = fileURLToPath(new URL('../../models/', import.meta.url));
const { folders } = JSON.parse(readFileSync(path.join(models, 'manifest.json'), 'utf8'));
const names = Object.keys(folders).filter((folder) => folder.startsWith('behaviour/'));
const kLargest = 60_000;
// Thousands of support vectors, of either sign, are summed as float32, by each engine in its order.
const kNear = { svm: 1e-4 };

/** { metadata, model, rows }: the opened model and the documented rows of its card. */
async function open(folder) {
  const bytes = new Uint8Array(readFileSync(path.join(models, folder, 'model.onnx')));
  const card = readFileSync(path.join(models, folder, 'card.md'), 'utf8');
  const rows = JSON.parse(/```json\n([\s\S]*?)```/.exec(card)[1]);
  const model = await loadModel(bytes.slice(), { name: folder });
  return { bytes, card, rows, model };
}

describe('models/manifest.json', () => {
  test('names every shipped file with its bytes, and no other', () => {
    const listed = Object.entries(folders).flatMap(([folder, files]) =>
      files.map((entry) => [`${folder}/${entry.file}`, entry]),
    );
    for (const [name, { bytes, sha256 }] of listed) {
      const content = readFileSync(path.join(models, name));
      assert.equal(content.length, bytes, name);
      assert.equal(createHash('sha256').update(content).digest('hex'), sha256, name);
    }
    const there = readdirSync(models, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(models, path.join(entry.parentPath, entry.name)))
      .filter((name) => name.includes('/') && !name.startsWith('recipes/'));
    assert.deepEqual(listed.map(([name]) => name).sort(), there.sort());
  });

  test('has a model of every kind that the command line trains from a table', () => {
    assert.deepEqual(
      names.map((name) => path.basename(name)),
      ['boosted', 'forest', 'linear', 'linear-svm', 'logistic', 'svm', 'tree'],
    );
  });
});

for (const folder of names) {
  describe(folder, () => {
    test('is small, and its card says where it comes from and how to remake it', async () => {
      const { bytes, card, model } = await open(folder);
      assert.ok(bytes.length <= kLargest, `${bytes.length}`);
      const { metadata } = model;
      model.dispose();
      for (const part of [
        'Data and licence',
        'CC BY 4.0',
        'How good it is',
        '95 % interval',
        'Limits',
      ]) {
        assert.ok(card.includes(part), part);
      }
      assert.match(card, new RegExp(`storewise train ${metadata.kind} --input`));
      assert.match(card, /npm run models -- behaviour/);
      assert.match(metadata.licence, /CC BY 4\.0/);
      for (const { name } of metadata.columns) assert.ok(card.includes(`\`${name}\``), name);
    });

    test('answers the rows of its card as the card says, in ONNX Runtime as well', async () => {
      const { bytes, rows, model } = await open(folder);
      assert.ok(rows.length >= 2);
      const { columns, labels } = model.metadata;
      const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
      for (const documented of rows) {
        const said = await model.predict(documented.row);
        const feeds = Object.fromEntries(
          columns.map(({ name, input, kind }) => {
            const cell = documented.row[name];
            return [
              input,
              kind === 'category'
                ? new ort.Tensor('string', [String(cell)], [1, 1])
                : new ort.Tensor('float32', Float32Array.of(Number(cell)), [1, 1]),
            ];
          }),
        );
        const theirs = await session.run(feeds);
        if (said.value === null) {
          const { label, probability } = said.probabilities[0];
          assert.equal(label, documented.label);
          assert.ok(Math.abs(probability - documented.probability) < 1e-5);
          assert.equal(theirs.label.data[0], label);
          const other = theirs.probabilities.data[labels.indexOf(label)];
          const near = kNear[path.basename(folder)] ?? 1e-5;
          assert.ok(Math.abs(probability - other) < near, `${probability}, ${other}`);
        } else {
          const near = 1e-5 * Math.abs(said.value) + 0.01;
          assert.ok(Math.abs(said.value - documented.value) < near);
          assert.ok(Math.abs(said.value - theirs.value.data[0]) < near);
        }
      }
      await session.release();
      model.dispose();
    });

    test('gives reasons that sum to the answer, the weightiest named in the card', async () => {
      const { rows, model } = await open(folder);
      for (const { row, because } of rows) {
        const said = await model.explain(row);
        const sum = said.contributions.reduce((all, one) => all + one.contribution, said.base);
        assert.ok(Math.abs(sum - said.score) < 1e-9);
        const { probability } = said.probabilities[0] ?? {};
        if (said.scale === 'margin') {
          assert.ok(sum > 0, `${sum} on the side of ${said.label}`);
        } else {
          const answer = {
            number: said.value,
            'log-odds': Math.log(probability / (1 - probability)),
            probability,
          }[said.scale];
          const near = 1e-3 + 1e-5 * Math.abs(answer);
          assert.ok(Math.abs(sum - answer) < near, `${sum} for ${answer}`);
        }
        const first = said.path[0] ?? said.contributions[0];
        assert.ok(because.includes(first.column), because);
      }
      model.dispose();
    });
  });
}

describe('the recipe', () => {
  const folder = temporaryFolder();

  test('reads months by name and by number', () => {
    assert.deepEqual(['Feb', 'June', '2', '12'].map(monthNumber), [2, 6, 2, 12]);
    for (const wrong of ['0', '13', 'Smarch', '']) assert.throws(() => monthNumber(wrong));
  });

  test('refuses a table that is not Online Shoppers', () => {
    const wrong = file(folder, 'wrong.csv', 'Month,Revenue\nFeb,TRUE\n');
    assert.throws(() => onlineShoppers(wrong), /wrong\.csv, row 1: there is no "Administrative"/);
    const header = kColumns.join(',');
    const right = file(
      folder,
      'right.csv',
      `${header}\n${kColumns.map((name) => (name === 'Month' ? 'May' : 1))}\n`,
    );
    assert.deepEqual(onlineShoppers(right)[0].slice(9, 12), ['1', 5, '1']);
  });

  test('looks back from a day and forward 90 days, and leaves returns out', () => {
    const orders = [
      'InvoiceNo,Quantity,InvoiceDate,UnitPrice,CustomerID',
      '1,2,2011-01-01 09:00:00,10,A', // 20, 251 days before the tested day
      '2,1,2011-08-01 10:00:00,30.5,A', // 30.5, 40 days before it
      '2,1,2011-08-01 10:00:00,4.5,A', // the same order: 35 in all
      'C3,-1,2011-08-02 10:00:00,30.5,A', // a return
      '4,1,2011-09-10 00:00:00,7,A', // the tested day is the first of the next 90
      '5,1,2011-12-09 09:00:00,100,A', // the 90th day after it is not
      '6,1,2011-09-20 09:00:00,50,B', // nothing is known of B on that day
      '7,1,2011-08-02 09:00:00,50,', // of nobody
    ];
    const { test: rows } = customerValue(file(folder, 'orders.csv', orders.join('\n')));
    assert.deepEqual(rows, [[2, 40, 252, 55, 35, 1, 27.5, 7]]);
  });
});
