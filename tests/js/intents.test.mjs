// What a page is told of a visitor's intents: the shipped default in a shop, its reasons, listeners
// with a clock of our own, taste, stored pages, the worker, and a shop without a model.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import { InputError, loadShop, ModelError, StateError } from 'storewise';
import { loadShop as loadRemoteShop } from 'storewise/worker';
import { serve } from 'storewise/worker-thread';
import { generator } from '../bench/inputs.mjs';
import { onnxModel } from './support/onnx.mjs';
import { manifestFor, shopFiles } from './support/shop.mjs';

const file = new URL('../../models/intents/model.onnx', import.meta.url);
const files = { ...shopFiles(), intents: new Uint8Array(readFileSync(file)) };
const source = { manifest: manifestFor(files), files };
const kStart = Date.UTC(2026, 0, 5, 10);

let shop;
let visit;
before(async () => {
  shop = await loadShop(source);
});
after(() => shop.dispose());
afterEach(() => {
  visit?.dispose();
  visit = undefined;
  mock.timers.reset();
});

function browse(to, pages) {
  for (let i = 0; i < pages; ++i)
    to.view(i % 2 === 0 ? 'milk' : 'bread', { at: kStart + 20000 * i });
  return kStart + 20000 * (pages - 1);
}

const logit = (p) => Math.log(p / (1 - p));
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

const kItems = ['milk', 'bread', 'tea', 'beer'];
const kPages = ['products', 'account', 'information'];

/** Something that a visitor does; `at` is left out where the visit's own clock is to count. */
function doSomething(to, random, at) {
  const when = at === undefined ? {} : { at };
  const item = kItems[random(kItems.length)];
  const what = random(10);
  if (what < 4) return to.view(item, when);
  if (what < 6) return to.page(kPages[random(3)], when);
  if (what < 8) return to.addToCart(item, { quantity: 1 + random(3), ...when });
  if (what < 9) return to.removeFromCart(item, when);
  return random(3) === 0 ? to.purchase(undefined, when) : to.view(item, when);
}

describe('predict', () => {
  test('reasons sum to the log odds in whatever a visitor does', () => {
    const random = generator(5);
    for (let round = 0; round < 20; ++round) {
      visit = shop.visit();
      let now = kStart + random(364) * 86_400_000;
      for (let i = 0; i < 25; ++i) {
        now += random(25) === 0 ? 2_000_000 : random(120_000);
        doSomething(visit, random, now);
        const options = { now: now + random(900_000) };
        for (const kind of ['purchase-intent', 'leave-intent']) {
          const { base, probability, reasons } = visit.predict(kind, options);
          const score = base + sum(reasons.map(({ contribution }) => contribution));
          assert.ok(Math.abs(score - logit(probability)) < 1e-5, `${kind}: ${score}`);
        }
        const price = visit.predict('price-sensitivity', options);
        const moved = sum(price.reasons.map(({ contribution }) => contribution));
        assert.ok(Math.abs(price.base + moved - price.value) < 1e-9);
      }
      visit.dispose();
    }
  });

  test('an intent has a probability, its source, and reasons that sum to it', () => {
    visit = shop.visit();
    const now = browse(visit, 12);
    for (const kind of ['purchase-intent', 'leave-intent']) {
      const said = visit.predict(kind, { now: now + 30000 });
      assert.equal(said.kind, kind);
      assert.equal(said.source, 'default');
      assert.equal(typeof said.value, 'boolean');
      const score = said.base + sum(said.reasons.map((reason) => reason.contribution));
      assert.ok(Math.abs(score - logit(said.probability)) < 1e-6, kind);
      assert.ok(Math.abs(sum(said.reasons.map((reason) => reason.share)) - 1) < 1e-9);
      const shares = said.reasons.map((reason) => reason.share);
      assert.deepEqual(
        shares,
        [...shares].sort((a, b) => b - a),
      );
    }
  });

  test('who has looked long is likelier to buy than who has just come', () => {
    visit = shop.visit();
    const early = visit.predict('purchase-intent', { now: browse(visit, 1) });
    const late = visit.predict('purchase-intent', { now: browse(visit, 60) });
    assert.ok(late.probability > early.probability);
    const pages = late.reasons.find(({ feature }) => feature === 'product_pages');
    assert.equal(pages.value, 61);
  });

  test('the longer nothing happens, the likelier the visit is over', () => {
    visit = shop.visit();
    const last = browse(visit, 6);
    const at = [0, 10, 60, 300].map(
      (seconds) => visit.predict('leave-intent', { now: last + 1000 * seconds }).probability,
    );
    assert.deepEqual(
      at,
      [...at].sort((a, b) => a - b),
    );
    assert.ok(at[3] > at[0]);
  });

  test('price sensitivity moves from the shop’s mean to what is looked at', () => {
    visit = shop.visit();
    const { value, base, probability, reasons } = visit.predict('price-sensitivity');
    assert.equal(value, base);
    assert.deepEqual(reasons, []);
    assert.ok(probability > 0 && probability < 1);
    visit.addToCart('milk', { at: kStart }); // on offer
    const after = visit.predict('price-sensitivity', { now: kStart });
    assert.ok(after.value > value);
    assert.equal(after.source, 'visit');
    const moved = sum(after.reasons.map((reason) => reason.contribution));
    assert.ok(Math.abs(after.base + moved - after.value) < 1e-9);
    // Five products of the shop's mean, two of a bargain.
    assert.ok(Math.abs(after.value - (5 * base + 2) / 7) < 1e-9);
  });

  test('category affinity is the department’s share of what was looked at', () => {
    visit = shop.visit();
    visit.view('tea', { at: kStart });
    visit.view('beer', { at: kStart });
    visit.addToCart('tea', { at: kStart });
    const said = visit.predict('category-affinity');
    assert.equal(said.value, 'Drinks');
    // (3 x 2 of 8 + 4) / (3 + 4)
    assert.ok(Math.abs(said.probability - 4.75 / 7) < 1e-9);
    assert.ok(Math.abs(sum(said.reasons.map((reason) => reason.contribution)) - 1) < 1e-9);
  });

  test('after erasing, restoring and reloading it is asked about the same visit', async () => {
    visit = shop.visit();
    const now = browse(visit, 8);
    visit.page('account', { at: now + 5000 });
    visit.page('information', { at: now + 9000 });
    const before = visit.predict('purchase-intent', { now: now + 9000 });
    const fresh = shop.visit();
    const nothing = fresh.predict('purchase-intent', { now: now + 9000 });
    const document = visit.export();
    assert.deepEqual(document.events.at(-1), {
      type: 'page',
      item: 'information',
      at: now + 9000,
      quantity: 1,
    });
    visit.erase();
    assert.deepEqual(visit.predict('purchase-intent', { now: now + 9000 }), nothing);
    assert.deepEqual(visit.restore(document), { restored: 10, skipped: 0 });
    assert.deepEqual(visit.predict('purchase-intent', { now: now + 9000 }), before);
    await shop.reload();
    assert.deepEqual(visit.predict('purchase-intent', { now: now + 9000 }), before);
    fresh.dispose();
  });

  test('pages are no products: they recommend nothing and fill no basket', () => {
    visit = shop.visit();
    const before = visit.recommend();
    visit.page('products');
    visit.page('account');
    assert.deepEqual(visit.recommend(), before);
    assert.deepEqual(visit.basket().items, []);
  });

  test('what is unknown is refused by name', async () => {
    visit = shop.visit();
    assert.throws(() => visit.predict('mood'), /purchase-intent.*found "mood"/);
    assert.throws(() => visit.page('garden'), /products, account or information/);
    const { skipped } = visit.restore({
      version: 1,
      events: [{ type: 'page', item: 'garden', at: 1, quantity: 1 }],
    });
    assert.equal(skipped, 1);
    const plain = shopFiles();
    const poor = await loadShop({ manifest: manifestFor(plain), files: plain });
    const visitor = poor.visit();
    assert.throws(
      () => visitor.predict('purchase-intent'),
      (error) => error instanceof StateError && error.code === 'unsupported',
    );
    assert.equal(visitor.predict('price-sensitivity').source, 'visit');
    poor.dispose();
  });
});

describe("on('intent')", () => {
  const clock = () => mock.timers.enable({ apis: ['setInterval', 'Date'], now: kStart });

  test('tells once when somebody is about to leave, and again only after they went on', () => {
    clock();
    visit = shop.visit();
    visit.view('milk');
    const news = [];
    const stop = visit.on('intent', { kind: 'leave-intent', above: 0.3, below: 0.2 }, (one) =>
      news.push(one),
    );
    mock.timers.tick(5000);
    assert.deepEqual(news, []);
    mock.timers.tick(600_000);
    assert.equal(news.length, 1);
    assert.equal(news[0].above, true);
    assert.ok(news[0].prediction.probability >= 0.3);
    visit.view('bread');
    assert.equal(news.length, 2);
    assert.equal(news[1].above, false);
    mock.timers.tick(900_000);
    assert.equal(news.length, 3);
    stop();
    visit.view('milk');
    mock.timers.tick(900_000);
    assert.equal(news.length, 3);
  });

  test('nothing is asked while the page is hidden', () => {
    clock();
    globalThis.document = { visibilityState: 'hidden' };
    try {
      visit = shop.visit();
      visit.view('milk');
      const news = [];
      visit.on('intent', { kind: 'leave-intent', above: 0.3 }, (one) => news.push(one));
      mock.timers.tick(900_000);
      assert.equal(news.length, 0);
      globalThis.document.visibilityState = 'visible';
      mock.timers.tick(5000);
      assert.equal(news.length, 1);
    } finally {
      delete globalThis.document;
    }
  });

  test('listeners hear what one finds by asking at every moment', () => {
    clock();
    const random = generator(11);
    visit = shop.visit();
    visit.view('milk');
    const watches = [
      { kind: 'leave-intent', above: 0.2 },
      { kind: 'leave-intent', above: 0.2, below: 0.1 },
      { kind: 'leave-intent', above: 0.08, below: 0.08 },
      { kind: 'purchase-intent', above: 0.1 },
      { kind: 'price-sensitivity', above: 0.6, below: 0.5 },
    ].map((options) => ({ options, heard: [], expected: [], up: false }));
    const look = () => {
      for (const watch of watches) {
        const { kind, above, below } = watch.options;
        const { probability } = visit.predict(kind);
        const lower = below ?? Math.max(above - 0.05, above / 2);
        if (!watch.up && probability >= above) {
          watch.up = true;
          watch.expected.push([true, probability]);
        } else if (watch.up && probability < lower) {
          watch.up = false;
          if (below !== undefined) watch.expected.push([false, probability]);
        }
      }
    };
    look();
    for (const { options, heard } of watches) {
      visit.on('intent', options, ({ kind, above, prediction }) => {
        assert.equal(kind, options.kind);
        heard.push([above, prediction.probability]);
      });
    }
    for (let i = 0; i < 60; ++i) {
      doSomething(visit, random);
      look();
      for (let ticks = random(2) === 0 ? random(3) : random(30); ticks > 0; --ticks) {
        mock.timers.tick(5000);
        look();
      }
    }
    for (const { expected, heard, options } of watches) {
      assert.deepEqual(heard, expected, JSON.stringify(options));
    }
    assert.ok(watches.every(({ heard }) => heard.length > 0));
    assert.ok(watches.slice(0, 3).every(({ heard }) => heard.length > 3));
  });

  test('a listener ends alone, and those of a visit with it', () => {
    clock();
    visit = shop.visit();
    visit.view('milk');
    const heard = [];
    const bounds = { kind: 'leave-intent', above: 0.3 };
    const stop = visit.on('intent', bounds, () => heard.push('first'));
    visit.on('intent', bounds, () => heard.push('second'));
    stop();
    stop();
    mock.timers.tick(900_000);
    assert.deepEqual(heard, ['second']);
    visit.view('milk');
    visit.dispose();
    mock.timers.tick(900_000);
    assert.deepEqual(heard, ['second']);
    assert.throws(() => visit.on('intent', bounds, () => {}), StateError);
  });

  test('a bound that is none, and an intent that the shop cannot tell, are refused', () => {
    visit = shop.visit();
    for (const bounds of [
      { above: 0 },
      { above: 2 },
      { above: 0.5, below: 0.6 },
      { above: 0.5, below: 0 },
      { kind: 'mood', above: 0.5 },
      {},
    ]) {
      assert.throws(() => visit.on('intent', bounds, () => {}), InputError);
    }
  });
});

test('in a worker the same answers', async () => {
  const { port1, port2 } = new MessageChannel();
  serve(port2);
  const remote = await loadRemoteShop(source, { worker: port1 });
  const there = await remote.visit();
  visit = shop.visit();
  for (const one of [there, visit]) {
    await one.view('milk', { at: kStart });
    await one.page('account', { at: kStart + 4000 });
  }
  for (const kind of [
    'purchase-intent',
    'leave-intent',
    'price-sensitivity',
    'category-affinity',
  ]) {
    const options = { now: kStart + 9000 };
    assert.deepEqual(await there.predict(kind, options), visit.predict(kind, options));
  }
  const heard = [];
  const bounds = { kind: 'leave-intent', above: 0.05 };
  await assert.rejects(
    there.on('intent', { above: 3 }, () => {}),
    InputError,
  );
  const stop = await there.on('intent', bounds, ({ above, prediction }) =>
    heard.push([above, prediction.kind, prediction.source]),
  );
  assert.deepEqual(heard, [[true, 'leave-intent', 'default']]); // kStart is long ago
  assert.equal(typeof stop, 'function');
  stop();
  remote.dispose();
  port1.close();
});

test('off the main thread a listener hears of each rise once, and the shop that knows none says so', async () => {
  mock.timers.enable({ apis: ['setInterval', 'Date'], now: kStart });
  const { port1, port2 } = new MessageChannel();
  serve(port2);
  const remote = await loadRemoteShop(source, { worker: port1 });
  const there = await remote.visit();
  await there.view('milk');
  const heard = [];
  const stop = await there.on('intent', { kind: 'leave-intent', above: 0.3, below: 0.2 }, (one) =>
    heard.push(one.above),
  );
  // A call that comes after the timers' own is answered after them.
  const pass = async (milliseconds) => {
    mock.timers.tick(milliseconds);
    await there.basket();
  };
  await pass(5000);
  assert.deepEqual(heard, []);
  await pass(600_000);
  assert.deepEqual(heard, [true]);
  await there.view('bread');
  await pass(0);
  assert.deepEqual(heard, [true, false]);
  await pass(900_000);
  assert.deepEqual(heard, [true, false, true]);
  await there.view('milk');
  await pass(0);
  stop();
  await pass(900_000);
  assert.deepEqual(heard, [true, false, true, false]);
  const plain = shopFiles();
  const poor = await loadRemoteShop(
    { manifest: manifestFor(plain), files: plain },
    { worker: port1 },
  );
  const visitor = await poor.visit();
  const none = (error) => error instanceof StateError && error.code === 'unsupported';
  await assert.rejects(visitor.predict('leave-intent'), none);
  await assert.rejects(
    visitor.on('intent', { above: 0.5 }, () => {}),
    none,
  );
  assert.equal((await visitor.predict('category-affinity')).source, 'visit');
  assert.equal((await poor.info()).models.intents, null);
  poor.dispose();
  remote.dispose();
  port1.close();
});

test('the shop says what its file of intents says of itself', () => {
  const { models, files: all } = shop.info();
  assert.equal(models.intents.kind, 'intents');
  assert.equal(models.intents.source, 'default');
  assert.ok(models.intents.features.includes('product_pages'));
  assert.equal(all.find(({ role }) => role === 'intents').verified, 'sha256');
});

// One tree: more than two pages -> (bought by then -> 2, else 0.5), else -1, for 60, 10, 30 of 100.
const kTree = {
  nodes_treeids: [0, 0, 0, 0, 0],
  nodes_nodeids: [0, 1, 2, 3, 4],
  nodes_featureids: [0, 0, 1, 0, 0],
  nodes_modes: ['BRANCH_LEQ', 'LEAF', 'BRANCH_LEQ', 'LEAF', 'LEAF'],
  nodes_values: Float32Array.of(2, 0, 0, 0, 0),
  nodes_hitrates: Float32Array.of(100, 30, 70, 60, 10),
  nodes_truenodeids: [1, 0, 3, 0, 0],
  nodes_falsenodeids: [2, 0, 4, 0, 0],
  class_treeids: [0, 0, 0],
  class_nodeids: [1, 3, 4],
  class_ids: [1, 1, 1],
  class_weights: Float32Array.of(-1, 0.5, 2),
  base_values: Float32Array.of(0.25),
  post_transform: 'LOGISTIC',
};

const intentsFile = (changes = {}, { outputs = ['label', 'purchase-intent'], copies = 1 } = {}) =>
  onnxModel({
    inputs: [['visit', 'float', ['n', 2]]],
    outputs: [['label', 'int64', ['n']]],
    nodes: Array.from({ length: copies }, () => [
      'TreeEnsembleClassifier',
      ['visit'],
      outputs,
      { ...kTree, ...changes },
      'ai.onnx.ml',
    ]),
    metadata: {
      kind: 'intents',
      source: 'shop',
      features: ['pages', 'purchases'],
      intents: { 'purchase-intent': { threshold: 0.5 } },
    },
  });

async function shopWith(intents) {
  const all = { ...shopFiles(), intents };
  return loadShop({ manifest: manifestFor(all), files: all });
}

test('a small file of intents answers as one works out by hand', async () => {
  // Twice the same node: the first counts.
  for (const copies of [1, 2]) {
    const small = await shopWith(intentsFile({}, { copies }));
    visit = small.visit();
    for (const item of ['milk', 'bread', 'tea']) visit.view(item, { at: kStart });
    const said = visit.predict('purchase-intent', { now: kStart });
    assert.equal(said.source, 'shop');
    // Mean: 0.25 - 0.3 + 0.6 x 0.5 + 0.1 x 2. Knowing the pages alone: (60 x 0.5 + 10 x 2) / 70;
    // knowing the purchases alone: 0.3 x -1 + 0.7 x 0.5; knowing both 0.5. Each is the mean of what
    // it adds as the first and as the second to be known.
    const mean = -0.3 + 0.3 + 0.2;
    const pages = 50 / 70;
    const purchases = -0.3 + 0.35;
    const expected = {
      pages: (pages - mean + (0.5 - purchases)) / 2,
      purchases: (purchases - mean + (0.5 - pages)) / 2,
    };
    assert.ok(Math.abs(said.base - (0.25 + mean)) < 1e-6);
    assert.deepEqual(
      said.reasons.map(({ feature }) => feature),
      ['pages', 'purchases'],
    );
    for (const { feature, contribution } of said.reasons) {
      assert.ok(Math.abs(contribution - expected[feature]) < 1e-6, `${feature} ${contribution}`);
    }
    assert.ok(Math.abs(logit(said.probability) - 0.75) < 1e-6);
    assert.equal(said.value, true);
    assert.throws(() => visit.predict('leave-intent'), {
      name: 'StateError',
      code: 'unsupported',
      message: /leave-intent/,
    });
    visit.dispose();
    small.dispose();
  }
});

test('a file of intents that cannot be read is refused by name', async () => {
  const bad = [
    intentsFile({ nodes_hitrates: Float32Array.of(100, 30, 70, 60, Number.POSITIVE_INFINITY) }),
    intentsFile({ nodes_hitrates: Float32Array.of(100, 30, 70, 0, 10) }),
    intentsFile({ nodes_hitrates: Float32Array.of(100, 30) }),
    intentsFile({ nodes_featureids: [0, 0, 2, 0, 0] }),
    intentsFile({ nodes_truenodeids: [2, 0, 3, 0, 0] }),
    intentsFile({ nodes_falsenodeids: [2, 0, 9, 0, 0] }),
    intentsFile({ nodes_modes: ['BRANCH_LEQ', 'LEAF', 'BRANCH_LEQ', 'BRANCH_LEQ', 'LEAF'] }),
    intentsFile({ nodes_modes: ['BRANCH_LT', 'LEAF', 'BRANCH_LEQ', 'LEAF', 'LEAF'] }),
    intentsFile({ class_weights: Float32Array.of(1) }),
    intentsFile({ class_weights: Float32Array.of(-1, 0.5, Number.NEGATIVE_INFINITY) }),
    intentsFile({ post_transform: 'NONE' }),
    intentsFile({ base_values: Float32Array.of(Number.NaN) }),
    intentsFile({}, { outputs: [] }),
    intentsFile({}, { outputs: ['label', 'another'] }),
    intentsFile({}, { copies: 0 }),
  ];
  for (const [i, intents] of bad.entries()) {
    await assert.rejects(
      shopWith(intents),
      (error) => error instanceof ModelError && error.file === 'intents.onnx',
      String(i),
    );
  }
});
