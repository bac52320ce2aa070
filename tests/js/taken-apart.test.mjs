// `model.trees()` and `model.explainText()`: trees that are walked give the model's own answers, and the
// pieces of a text, hashed a second time in TypeScript, are those that the engine counts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { InputError, loadModel, normalizeText, StorewiseError } from 'storewise';
import { file, storewise, temporaryFolder } from './cli-helpers.mjs';
import { generator } from './support/visit-log.mjs';

const folder = temporaryFolder();

const random = generator(5);
const rows = Array.from({ length: 400 }, () => {
  const pages = Math.floor(random() * 30);
  const source = ['mail', 'search', 'social'][Math.floor(random() * 3)];
  const member = random() < 0.5;
  const score = 0.2 * pages + (source === 'search' ? 2 : 0) + (member ? 1 : 0) + 2 * random();
  const bought = score > 5 ? 'yes' : 'no';
  const level = score > 6 ? 'high' : score > 3 ? 'middle' : 'low';
  return { pages, source, member: member ? 'yes' : 'no', bought, level, value: score.toFixed(2) };
});
const names = ['pages', 'source', 'member', 'bought', 'level', 'value'];
const csv = file(
  folder,
  'visits.csv',
  `${names.join(',')}\n${rows.map((row) => names.map((name) => row[name]).join(',')).join('\n')}\n`,
);

async function trained(kind, target) {
  const out = `${folder}/${kind}-${target}.onnx`;
  const drop = ['bought', 'level', 'value'].filter((name) => name !== target);
  const { status, stderr } = await storewise([
    ...['train', kind, '--input', csv, '--target', target, '--out', out],
    ...drop.flatMap((name) => ['--drop', name]),
  ]);
  assert.equal(status, 0, stderr);
  return loadModel(new Uint8Array(readFileSync(out)), { name: kind });
}

// The feature of a question as the row has it.
function featureOf({ column, feature }, row) {
  if (feature.startsWith(`${column} = `)) {
    return String(row[column]) === feature.slice(column.length + 3) ? 1 : 0;
  }
  return column === 'member' ? Number(row.member === 'yes') : row[column];
}

function walk(node, row) {
  let at = node;
  while (at.kind === 'question') at = featureOf(at, row) <= at.threshold ? at.atMost : at.above;
  return at.values;
}

/** What the trees make of a row, by the rule that `Trees` documents. */
function answerOf({ combine, scale, base, trees }, row) {
  const sums = [...base];
  for (const tree of trees) {
    walk(tree, row).forEach((value, k) => {
      sums[k] += combine === 'mean' ? value / trees.length : value;
    });
  }
  if (scale !== 'log-odds') return sums;
  if (sums.length === 1) {
    const p = 1 / (1 + Math.exp(-sums[0]));
    return [1 - p, p];
  }
  const powers = sums.map(Math.exp);
  const all = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / all);
}

describe('model.trees', () => {
  for (const kind of ['tree', 'forest', 'boosted']) {
    for (const target of ['bought', 'level', 'value']) {
      test(`${kind} of ${target}: walked, the trees give what the model answers`, async () => {
        const model = await trained(kind, target);
        const trees = await model.trees();
        assert.equal(trees.combine, kind === 'boosted' ? 'sum' : 'mean');
        assert.ok(kind === 'tree' ? trees.trees.length === 1 : trees.trees.length > 5);
        const { labels = [] } = model.metadata;
        assert.deepEqual(
          trees.of,
          kind === 'boosted' && target === 'bought' ? labels.slice(1) : labels,
        );
        for (const { pages, source, member } of rows.slice(0, 60)) {
          const row = { pages, source, member };
          const { probabilities, value } = await model.predict(row);
          const said =
            value === null
              ? labels.map((one) => probabilities.find(({ label }) => label === one).probability)
              : [value];
          answerOf(trees, row).forEach((one, k) => {
            assert.ok(Math.abs(one - said[k]) < 1e-4, `${one} instead of ${said[k]}`);
          });
        }
        model.dispose();
      });
    }
  }

  test('a question says both ways, and the rows of a question are those of its two ways', async () => {
    const model = await trained('tree', 'bought');
    const { trees } = await model.trees();
    const seen = new Set();
    const check = (node) => {
      if (node.kind === 'leaf') return;
      assert.ok(Math.abs(node.cover - node.atMost.cover - node.above.cover) < 1e-3);
      seen.add(`${node.atMostText} | ${node.aboveText}`);
      check(node.atMost);
      check(node.above);
    };
    check(trees[0]);
    assert.equal(trees[0].cover, 320);
    const all = [...seen].join('\n');
    assert.match(all, /^pages ≤ [\d.]+ \| pages > [\d.]+$/m);
    assert.match(all, /^source is not search \| source is search$/m);
    const zh = await model.trees({ language: 'zh' });
    const [root] = zh.trees;
    assert.equal(root.threshold, trees[0].threshold);
  });

  test('other kinds of models have none', async () => {
    const model = await trained('logistic', 'bought');
    await assert.rejects(
      model.trees(),
      (error) => error instanceof StorewiseError && error.code === 'unsupported',
    );
    const other = await loadModel(
      new Uint8Array(
        readFileSync(new URL('../../models/demo-shop/classifier.onnx', import.meta.url)),
      ),
    );
    await assert.rejects(other.trees(), StorewiseError);
  });
});

describe('model.explainText', () => {
  let model;
  before(async () => {
    model = await loadModel(
      new Uint8Array(
        readFileSync(new URL('../../models/demo-shop/classifier.onnx', import.meta.url)),
      ),
    );
  });

  test('pieces are words, pairs and letters, and stand where they say', async () => {
    const text = '我的退款在哪里';
    const { pieces, ranked } = await model.explainText(text);
    assert.deepEqual(ranked, model.classify(text, { limit: 60 }).ranked);
    assert.deepEqual(
      pieces.filter(({ kind }) => kind === 'character').map((piece) => piece.text),
      [...text],
    );
    assert.deepEqual(
      pieces.filter(({ kind }) => kind === 'characters').map((piece) => piece.text),
      [...text].slice(1).map((_, i) => text.slice(i, i + 2)),
    );
    const english = await model.explainText('Where’s my refund, please?');
    assert.equal(english.text, normalizeText('Where’s my refund, please?'));
    const kinds = (kind) => english.pieces.filter((piece) => piece.kind === kind);
    assert.deepEqual(
      kinds('word').map((piece) => piece.text),
      ['wheres', 'my', 'refund', 'please'],
    );
    assert.deepEqual(
      kinds('pair').map((piece) => piece.text),
      ['wheres my', 'my refund', 'refund please'],
    );
    for (const { text: piece, places, kind } of english.pieces) {
      for (const [from, to] of places) {
        const shown = english.text.slice(from, to).replaceAll('’', '').replace(', ', ' ');
        assert.equal(shown, kind === 'letters' ? piece.replace(/[<>]/g, '') : piece);
      }
    }
    const best = [...english.pieces].sort((a, b) => b.contribution - a.contribution)[0];
    assert.match(best.text, /ref|fun|und/);
  });

  test('every range of characters is cut as the engine cuts it', async () => {
    const source = readFileSync(new URL('../../src/text/code_points.cpp', import.meta.url), 'utf8');
    const borders = [...source.matchAll(/Range\{0x(\w+), 0x(\w+),/g)].flatMap(([, first, last]) => [
      Number.parseInt(first, 16) - 1,
      Number.parseInt(first, 16),
      Number.parseInt(last, 16),
      Number.parseInt(last, 16) + 1,
    ]);
    assert.ok(borders.length > 250);
    const [label] = model.metadata.labels;
    for (const border of borders) {
      if (border < 0 || border > 0x10ffff || (border >= 0xd800 && border < 0xe000)) continue;
      const text = `ref${String.fromCodePoint(border)}und 退${String.fromCodePoint(border)}款`;
      const { pieces } = await model.explainText(text, { label });
      const probabilities = answered(model, pieces);
      const { ranked } = model.classify(text, { limit: 60 });
      for (const { label: one, probability } of ranked) {
        const mine = probabilities[model.metadata.labels.indexOf(one)];
        assert.ok(Math.abs(mine - probability) < 1e-6, `U+${border.toString(16)}: ${one}`);
      }
    }
  });

  test('the contribution is the difference of two answers of the graph', async () => {
    const text = 'refund refund my order';
    const label = model.classify(text).ranked[0].label;
    const { pieces } = await model.explainText(text);
    const logOdds = (kept) => {
      const p = answered(model, kept)[model.metadata.labels.indexOf(label)];
      return Math.log(p / (1 - p));
    };
    assert.deepEqual(pieces.find((piece) => piece.text === 'refund').places.length, 2);
    for (const piece of pieces) {
      const lost = logOdds(pieces) - logOdds(pieces.filter((one) => one !== piece));
      assert.ok(Math.abs(lost - piece.contribution) < 1e-3, piece.text);
    }
  });

  test('any text has an answer, one that is too long or a label that there is not is refused', async () => {
    assert.deepEqual((await model.explainText('')).pieces, []);
    assert.deepEqual((await model.explainText(' …?! ')).pieces, []);
    assert.equal((await model.explainText('\ud800 refund')).pieces.length > 0, true);
    await assert.rejects(model.explainText('a'.repeat(401)), InputError);
    await assert.rejects(model.explainText('refund', { label: 'nothing' }), InputError);
    const tree = await trained('tree', 'bought');
    await assert.rejects(tree.explainText('refund'), InputError);
  });
});

const kLetters = { word: 'w', pair: 'p', letters: 'c', character: 'h', characters: 'k' };

function bucketOf({ kind, text }, buckets) {
  let state = 2166136261;
  for (const byte of new TextEncoder().encode(kLetters[kind] + text)) {
    state = Math.imul(state ^ byte, 16777619);
  }
  return (state >>> 0) % buckets;
}

/** What the model's graph answers when it is given these pieces. */
function answered(model, pieces) {
  const counts = new Map();
  for (const piece of pieces) {
    const bucket = bucketOf(piece, model.metadata.features.buckets);
    counts.set(bucket, (counts.get(bucket) ?? 0) + piece.places.length);
  }
  const hit = [...counts].sort(([a], [b]) => a - b);
  const { probabilities } = model.run({
    feature_ids: BigInt64Array.from(hit, ([id]) => BigInt(id)),
    feature_weights: Float32Array.from(hit, ([, count]) => 1 + Math.log(count)),
  });
  return probabilities.data;
}
