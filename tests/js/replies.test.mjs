// `model.reply()` on the shipped model of replies: what ONNX Runtime and an exact search said of the same
// messages, sentences that were approved and nothing else, whatever is asked, and metadata that lies.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { InputError, loadModel, StorewiseError } from 'storewise';
import { generator } from '../bench/inputs.mjs';
import { root } from './cli-helpers.mjs';
import { metadataEntry } from './support/onnx.mjs';

const read = (name) => readFileSync(path.join(root, name));
const bytes = new Uint8Array(read('models/replies/model.onnx'));
const golden = JSON.parse(read('tests/golden/replies.json').toString());
const open = (given = bytes) => loadModel(given, { name: 'replies.onnx' });
const ids = (reply) => reply.sentences.map(({ id }) => id);

let model;
let document;
const approvedText = new Map();
before(async () => {
  model = await open();
  document = model.metadata;
  for (const { id, pieces } of document.sentences) {
    approvedText.set(id, pieces.map((piece) => document.pieces[piece]).join(''));
  }
});
after(() => model.dispose());

/** Whether the shop's rules allow these sentences in this order: the rules, written once more. */
function isAllowed(said) {
  const sentences = new Map(document.sentences.map((sentence) => [sentence.id, sentence]));
  let next = document.first;
  let ends = true;
  for (const id of said) {
    const group = sentences.get(id)?.group;
    if (!next.includes(group)) return false;
    ({ next, ends } = document.groups[group]);
  }
  return ends && said.length <= document.most && new Set(said).size === said.length;
}

/** All that a reply may consist of, with every place filled by the same mark. */
const kMark = '[slot]';
const slots = { store_name: kMark, order_number: kMark, support_phone: kMark };
function assertApproved(reply) {
  const said = ids(reply);
  assert.ok(isAllowed(said), said.join(' + '));
  let rest = reply.text;
  for (const sentence of reply.sentences) {
    const expected = approvedText.get(sentence.id).replaceAll(/\{\w+\}/g, kMark);
    assert.equal(sentence.text, expected);
    assert.ok(rest.startsWith(expected), `${rest} does not go on with ${expected}`);
    rest = rest.slice(expected.length).replace(/^ /, '');
  }
  assert.equal(rest, '');
}

describe('the engine and ONNX Runtime', () => {
  test('agree on the likeliest reply and its probability', async () => {
    assert.ok(golden.length >= 30);
    let same = 0;
    for (const { text, reply, probability } of golden) {
      const { candidates } = await model.reply(text, { beams: 16 });
      if (ids(candidates[0]).join() !== reply.join()) continue;
      same += 1;
      assert.ok(Math.abs(candidates[0].probability - probability) < 0.05, text); // our int8 rounds activations too
    }
    // Two replies that are as likely may change places by rounding.
    assert.ok(same >= golden.length - 1, `${same} of ${golden.length}`);
  });

  test('agree on the logits of the first step, and on the words of a question', () => {
    const size = Object.fromEntries(model.inputs.map(({ name, shape }) => [name, shape[1]]));
    for (const { question, logits, text } of golden) {
      const found = model.run({
        question: {
          type: 'int64',
          dims: [question.length, question[0].length],
          data: BigInt64Array.from(question.flat(), BigInt),
        },
        start: { type: 'bool', dims: [], data: Uint8Array.of(1) },
        memory: { type: 'float', dims: [1, size.memory], data: new Float32Array(size.memory) },
        state: { type: 'float', dims: [1, size.state], data: new Float32Array(size.state) },
        piece: { type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
      });
      const scale = Math.max(...logits.map(Math.abs));
      logits.forEach((value, i) => {
        assert.ok(Math.abs(value - found.logits.data[i]) < 0.01 * scale, `${text}: ${i}`);
      });
    }
  });
});

test('a greeting and a question get a greeting and an answer, and a slot its value', async () => {
  const { text, sentences, confident, probability, threshold } = await model.reply(
    'Hello! Where is my order?',
    { slots: { order_number: '10423' } },
  );
  assert.ok(confident && probability >= threshold);
  assert.deepEqual(ids({ sentences }), ['greeting.en', 'order-track.en']);
  assert.ok(text.startsWith('Hello! You can follow order 10423 under My orders;'), text);
});

test('two questions get two answers', async () => {
  const found = await model.reply('how much does delivery cost? also, how do I delete my account', {
    slots,
  });
  assert.deepEqual(ids(found.candidates[0]), ['delivery-fee.en', 'account-delete.en']);
});

test('Chinese is answered in Chinese, without spaces between sentences', async () => {
  const { candidates } = await model.reply('你好，运费多少钱？', { slots });
  assert.deepEqual(ids(candidates[0]), ['greeting.zh', 'delivery-fee.zh']);
  assert.ok(candidates[0].text.startsWith('您好！每单配送费'), candidates[0].text);
});

test('a language that is asked for is kept, by its base language too', async () => {
  for (const language of ['zh', 'zh-Hans']) {
    const { candidates } = await model.reply('where is my order', { language });
    for (const reply of candidates) assert.ok(ids(reply).every((id) => id.endsWith('.zh')));
  }
  await assert.rejects(model.reply('x', { language: 'fr' }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /replies\.onnx: language: expected .*en.*zh.*, found "fr"/);
    return true;
  });
});

test('what is no text gets no reply', async () => {
  for (const text of ['', '   ', '?!…', '🙂', '\u0000']) {
    const reply = await model.reply(text);
    assert.equal(reply.confident, false, text);
    assert.equal(reply.text, '');
    assert.deepEqual(reply.sentences, []);
    assert.deepEqual(reply.candidates, []);
  }
});

test('below the threshold the text is empty, and what was found is among the candidates', async () => {
  let unsure = 0;
  for (const { text } of golden) {
    const reply = await model.reply(text);
    const [best] = reply.candidates;
    const isSure = best.sentences.length > 0 && best.probability >= model.metadata.threshold;
    assert.equal(reply.confident, isSure);
    assert.equal(reply.text, isSure ? best.text : '');
    assert.equal(reply.probability, best.probability);
    if (!isSure) unsure += 1;
  }
  assert.ok(unsure > 0 && unsure < golden.length, `${unsure}`);
});

test('10,000 messages of noise: every reply is made of approved sentences, by the rules', async () => {
  const next = generator(7);
  const own = golden.map(({ text }) => [...text]);
  const characters = [
    ...'abcdefghijklmnopqrstuvwxyz0123456789 .,!?\'"{}[]<>\\/#-_\n\t',
    ...'的一是不了人我在有他这中大来上国个到说们订单退款',
    ...'äéßπЖאه🙂👍🏽\u200d\u0301\ufffd\u{1f600}',
  ];
  let sentences = 0;
  let confident = 0;
  for (let i = 0; i < 10_000; i++) {
    let message = [];
    if (i % 2 === 0) {
      message = Array.from({ length: next(60) }, () => characters[next(characters.length)]);
    } else {
      // Pieces of real messages, put together anyhow: what a model may be sure of.
      for (let parts = 1 + next(3); parts > 0; parts--) {
        const from = own[next(own.length)];
        message.push(...from.slice(next(from.length)), ' ');
      }
      if (message.length > 0) message[next(message.length)] = characters[next(characters.length)];
    }
    const found = await model.reply(message.join(''), { slots, beams: 1 + next(3) });
    if (found.confident) confident += 1;
    for (const reply of found.confident ? [found, ...found.candidates] : found.candidates) {
      assertApproved(reply);
      sentences += reply.sentences.length;
    }
  }
  assert.ok(sentences > 10_000, `${sentences}`);
  assert.ok(confident > 100, `${confident}`);
});

test('values of slots are text: they are cut, kept on one line, and never filled again', async () => {
  const of = async (value) => {
    const { candidates } = await model.reply('where is my order?', {
      slots: { order_number: value },
      language: 'en',
    });
    return candidates[0].text.slice('You can follow order '.length).split(' under My orders')[0];
  };
  assert.equal(await of('<b>1</b>'), '<b>1</b>');
  assert.equal(await of('{store_name}'), '{store_name}');
  assert.equal(await of('1\n2\u0000'), '1 2 ');
  assert.equal(await of('x'.repeat(500)), 'x'.repeat(200));
  const { candidates } = await model.reply('where is my order?', { language: 'en' });
  assert.ok(candidates[0].text.startsWith('You can follow order under My orders;'));
});

test('places are dropped and filled as in answers of a shop', async () => {
  // The table of tests/cpp/answer_test.cpp, by a model whose first sentence is the pattern.
  const table = [
    ['Your order {n} is on its way.', 'Your order is on its way.'],
    ['It costs {n}.', 'It costs.'],
    ['{n} is here.', 'is here.'],
    ['Dear {n}, welcome', 'Dear, welcome'],
    ['Code "{n}" works', 'Code works'],
    ['订单（{n}）已发货。', '订单已发货。'],
    ['您的订单 {n}。', '您的订单。'],
    ['Order (#{n}) arrives', 'Order arrives'],
    ['{n}', ''],
    ['{n}{m}!', '!'],
    ['{} {a b} { {a', '{} {a b} { {a'],
  ];
  for (const [pattern, expected] of table) {
    const changed = await withMetadata((copy) => {
      copy.pieces = copy.pieces.map((_, i) => (i === 0 ? '' : pattern));
      copy.sentences = [{ id: 'only', group: 2, pieces: [1] }];
      copy.groups = copy.groups.map((group) => ({
        ...group,
        language: 'en',
        next: [],
        ends: true,
      }));
      copy.first = [2];
    });
    const { candidates } = await changed.reply('where is my order?');
    const only = candidates.find(({ sentences }) => sentences.length === 1);
    assert.equal(only.text, expected, pattern);
    changed.dispose();
  }
});

/** A model whose metadata is another document. */
async function withMetadata(change) {
  const copy = structuredClone(document);
  const other = change(copy);
  return open(replaced(bytes, JSON.stringify(other === undefined ? copy : other)));
}

/** The model's bytes with another text under the metadata key "storewise". */
function replaced(model, text) {
  // Later entries of ModelProto.metadata_props with the same key would be a second one: the old is cut.
  const parts = [];
  let at = 0;
  while (at < model.length) {
    const start = at;
    let tag = 0;
    let length = 0;
    for (let shift = 1, byte = 128; byte >= 128; shift *= 128) {
      byte = model[at++];
      tag += (byte % 128) * shift;
    }
    if (tag % 8 === 2) {
      for (let shift = 1, byte = 128; byte >= 128; shift *= 128) {
        byte = model[at++];
        length += (byte % 128) * shift;
      }
      at += length;
    } else {
      while (model[at++] >= 128);
    }
    if (Math.floor(tag / 8) !== 14) parts.push(model.subarray(start, at));
  }
  return new Uint8Array(Buffer.concat([...parts, metadataEntry(text)]));
}

describe('metadata that does not fit is refused by its place', () => {
  for (const [what, change] of [
    ['the model: expected a model of replies', () => null],
    ['the model: expected a model of replies', () => []],
    ['the model: expected a model of replies', (d) => Object.assign(d, { kind: 'tree' })],
    ['$.question: expected an object', (d) => Object.assign(d, { question: 7 })],
    ['$.question.buckets', (d) => Object.assign(d.question, { buckets: 0 }) && d],
    ['$.question.buckets', (d) => Object.assign(d.question, { buckets: 1e300 }) && d],
    ['$.question.letters', (d) => Object.assign(d.question, { letters: null }) && d],
    ['$.pieces[3]: expected a text', (d) => Object.assign(d.pieces, { 3: {} }) && d],
    ['$.groups[0].next[0]', (d) => Object.assign(d.groups[0], { next: [99] }) && d],
    [
      '$.groups: expected at most 31',
      (d) => Object.assign(d, { groups: Array(40).fill(d.groups[0]) }),
    ],
    ['$.sentences[1].pieces[0]', (d) => Object.assign(d.sentences[1], { pieces: [0] }) && d],
    ['$.sentences[1].pieces[0]', (d) => Object.assign(d.sentences[1], { pieces: [1e6] }) && d],
    ['$.sentences[1].pieces[0]', (d) => Object.assign(d.sentences[1], { pieces: ['1'] }) && d],
    ['$.sentences[0].group', (d) => Object.assign(d.sentences[0], { group: -1 }) && d],
    ['$.most', (d) => Object.assign(d, { most: 9 })],
    ['$.threshold', (d) => Object.assign(d, { threshold: 2 })],
    ['$.beams', (d) => Object.assign(d, { beams: 1.5 })],
    ['begins[1]', (d) => Object.assign(d.sentences[0], { pieces: [] }) && d],
    [
      'none the beginning',
      (d) => Object.assign(d.sentences[1], { pieces: d.sentences[0].pieces }) && d,
    ],
    [
      'pieces that the model has logits for',
      (d) => {
        d.pieces.push(...Array(500).fill('more'));
        d.sentences[0].pieces = [d.pieces.length - 1];
      },
    ],
  ]) {
    test(what, async () => {
      const changed = await withMetadata(change);
      await assert.rejects(changed.reply('where is my order?'), (error) => {
        assert.ok(error instanceof InputError, error);
        assert.ok(error.message.includes(what), error.message);
        return true;
      });
      assert.equal(changed.dead, false);
      changed.dispose();
    });
  }

  test('a vocabulary of other hashes than the model has rows is refused when it meets one', async () => {
    const changed = await withMetadata((d) => {
      d.question.buckets = 2 ** 24;
    });
    await assert.rejects(changed.reply('where is my order?'), InputError);
    assert.equal(changed.dead, false);
    changed.dispose();
  });
});

test('other models and other modules say that they make no replies', async () => {
  const tree = await loadModel(new Uint8Array(read('models/behaviour/tree/model.onnx')));
  await assert.rejects(tree.reply('hello'), /a model of replies/);
  tree.dispose();
  const wrong = await loadModel(bytes, {
    wasm: new URL('../../dist/storewise-onnx.wasm', import.meta.url),
  });
  await assert.rejects(wrong.reply('hello', { beams: 65 }), /beams/);
  await assert.rejects(wrong.reply('hello', { beams: 0 }), InputError);
  wrong.dispose();
});

test('damaged copies of the model: an error or approved sentences, never a fault', async () => {
  const next = generator(11);
  const seen = { error: 0, reply: 0 };
  for (let i = 0; i < 300; i++) {
    // Cut off, or up to four bytes changed, half of them in the graph and the metadata at the ends.
    const copy = i % 10 === 0 ? bytes.slice(0, next(bytes.length)) : bytes.slice();
    for (let k = i % 4; k >= 0 && copy.length > 0; k--) {
      const place = i % 2 === 0 ? next(copy.length) : next(Math.min(4000, copy.length));
      copy[k % 2 === 0 ? place : copy.length - 1 - place] ^= 1 << next(8);
    }
    let damaged;
    try {
      damaged = await open(copy);
      const { candidates, sentences } = await damaged.reply('hi! where is my order?', { slots });
      seen.reply += 1;
      for (const found of [...candidates, { sentences }]) {
        assert.ok(found.sentences.length <= 8);
        assert.equal(new Set(ids(found)).size, found.sentences.length);
      }
    } catch (error) {
      assert.ok(error instanceof StorewiseError, error);
      seen.error += 1;
    } finally {
      assert.notEqual(damaged?.dead, true, `copy ${i}`);
      damaged?.dispose();
    }
  }
  assert.ok(seen.error > 30 && seen.reply > 30, JSON.stringify(seen));
});
