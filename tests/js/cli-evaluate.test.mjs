// The joint between a model's answers and the figures that eval prints, against counts by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliModule } from './cli-helpers.mjs';

const { evaluateRecommender, evaluateClassifier } = await cliModule('evaluate');

/** A recommender that answers from a table by the last item it was given. */
function recommender(table, { ordered = true } = {}) {
  const asked = [];
  return {
    asked,
    bytes: 1234,
    metadata: () => ({ items: ['a', 'b', 'c', 'd'], session: { ordered } }),
    rank(items, limit) {
      asked.push([items, limit]);
      return (table[items.at(-1) ?? ''] ?? []).slice(0, limit).map((id) => ({ id, score: 1 }));
    },
  };
}

function events(sessions) {
  const items = [...new Set(sessions.flat())];
  const session = [];
  const item = [];
  for (const [number, list] of sessions.entries()) {
    for (const id of list) {
      session.push(number);
      item.push(items.indexOf(id));
    }
  }
  return {
    facts: { file: 'events.csv' },
    session: Int32Array.from(session),
    item: Int32Array.from(item),
    time: Float64Array.from(session, (_, i) => i),
    sessionCount: sessions.length,
    items,
  };
}

const close = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}`);
const nothing = () => {};

test('protocol last: one query a session, unknown targets apart, misses beyond k', () => {
  const model = recommender({ a: ['b', 'c', 'd'], b: ['c', 'a', 'd'], c: ['d', 'a', 'b'] });
  const data = events([
    ['a', 'b'], // rank 1
    ['a', 'b', 'a'], // rank 2
    ['c', 'b'], // rank 3: beyond k = 2
    ['a', 'x'], // unknown target
    ['a'], // too short
  ]);
  const figures = evaluateRecommender(model, data, 'last', 2, 'm.onnx', nothing);
  assert.equal(figures.queries, 3);
  assert.equal(figures.sessions, 4);
  assert.equal(figures.unknown_targets, 1);
  close(figures.recall, 2 / 3);
  close(figures.mrr, (1 + 1 / 2) / 3);
  close(figures.recall_all, 2 / 4);
  close(figures.mrr_all, 1.5 / 4);
  assert.equal(figures.model_bytes, 1234);
  // Only a-b-a asks for an item of its own session, and it stands second from the end.
  close(figures.own_items.recall, 1 / 3);
  close(figures.own_items.mrr, 1 / 2 / 3);
  assert.equal(figures.new_items.queries, 2);
  close(figures.new_items.recall, 1 / 2);
  assert.ok(figures.ms_p50 <= figures.ms_p95);
});

test('protocol next: every step, with the items so far, oldest first', () => {
  const model = recommender({ a: ['b', 'c'], b: ['c', 'd'], c: ['a', 'd'] });
  const figures = evaluateRecommender(
    model,
    events([['a', 'b', 'c', 'd']]),
    'next',
    2,
    'm',
    nothing,
  );
  assert.equal(figures.queries, 3);
  assert.deepEqual(
    model.asked.map(([items]) => items),
    [['a'], ['a', 'b'], ['a', 'b', 'c']],
  );
  close(figures.recall, 1);
  close(figures.mrr, (1 + 1 + 1 / 2) / 3);
});

test('events are taken by time, equal times in file order', () => {
  const model = recommender({});
  const data = events([['c', 'b', 'a']]);
  data.time = Float64Array.from([9, 1, 1]);
  evaluateRecommender(model, data, 'last', 2, 'm', nothing);
  assert.deepEqual(model.asked[0][0], ['b', 'a']);
});

test('a model of baskets: repeats dropped, the given items left out of the ranking', () => {
  const model = recommender({ b: ['a', 'b', 'c', 'd'] }, { ordered: false });
  const figures = evaluateRecommender(
    model,
    events([['a', 'b', 'a', 'c']]),
    'last',
    1,
    'm',
    nothing,
  );
  assert.deepEqual(model.asked, [[['a', 'b'], 3]]);
  close(figures.recall, 1);
  assert.equal(figures.excludes_given, true);
});

test('given items that the model does not know are not passed on; none left is a cold query', () => {
  const model = recommender({ '': ['b'], a: ['c'] });
  const figures = evaluateRecommender(
    model,
    events([
      ['x', 'b'],
      ['a', 'y', 'c'],
    ]),
    'last',
    5,
    'm',
    nothing,
  );
  assert.deepEqual(
    model.asked.map(([items]) => items),
    [[], ['a']],
  );
  assert.equal(figures.cold_queries, 1);
  close(figures.recall, 1);
});

test('nothing to ask is an error that counts what was there', () => {
  const model = recommender({});
  assert.throws(
    () => evaluateRecommender(model, events([['a'], ['b', 'x']]), 'last', 5, 'm', nothing),
    /2 sessions, 1 targets that the model does not know/,
  );
});

test('classifier: a label that the model lacks is out of scope; each figure by hand', () => {
  const answers = {
    one: ['pay', true], // right, kept
    two: ['pay', false], // right, rejected
    three: ['ship', true], // wrong
    four: ['ship', false], // out of scope, rejected
    five: ['pay', true], // out of scope, answered
  };
  const model = {
    bytes: 99,
    metadata: () => ({ labels: ['pay', 'ship'], threshold: 0.4 }),
    classify: (text) => ({
      ranked: [{ label: answers[text][0], probability: 0.9 }],
      threshold: 0.4,
      in_scope: answers[text][1],
    }),
  };
  const examples = {
    texts: ['one', 'two', 'three', 'four', 'five'],
    labels: [0, 0, 0, 1, 1],
    names: ['pay', 'weather'],
  };
  const figures = evaluateClassifier(model, examples, 'm', nothing);
  close(figures.accuracy, 2 / 3);
  close(figures.accuracy_in_scope, 1 / 3);
  close(figures.out_of_scope_recall, 1 / 2);
  close(figures.accuracy_total, 2 / 5);
  assert.equal(figures.examples, 5);
  assert.equal(figures.in_scope, 3);
  assert.equal(figures.out_of_scope, 2);
  const inScope = { texts: ['one'], labels: [0], names: ['pay'] };
  assert.equal(evaluateClassifier(model, inScope, 'm', nothing).out_of_scope_recall, null);
});
