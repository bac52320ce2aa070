// What a page is told of a visitor's intents: the shipped default in a shop, its reasons, listeners
// with a clock of our own, taste, stored pages, the worker, and a shop without a model.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import { InputError, loadShop, StateError } from 'storewise';
import { loadShop as loadRemoteShop } from 'storewise/worker';
import { serve } from 'storewise/worker-thread';
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

describe('predict', () => {
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

  test('a bound that is none, and an intent that the shop cannot tell, are refused', () => {
    visit = shop.visit();
    for (const bounds of [{ above: 0 }, { above: 2 }, { above: 0.5, below: 0.6 }, {}]) {
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
  remote.dispose();
  port1.close();
});
