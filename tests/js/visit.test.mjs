// A visit: events in, recommendations and offers out, and storage that may hold anything.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { InputError, loadShop, StateError } from 'storewise';
import { kItems, manifestFor, shopFiles } from './support/shop.mjs';

class FakeStorage {
  values = new Map();
  blocked = false;
  room = Number.POSITIVE_INFINITY;
  getItem(key) {
    if (this.blocked) throw new Error('blocked');
    return this.values.get(key) ?? null;
  }
  setItem(key, value) {
    if (this.blocked || value.length > this.room) throw new Error('QuotaExceededError');
    this.values.set(key, value);
  }
  removeItem(key) {
    if (this.blocked) throw new Error('blocked');
    this.values.delete(key);
  }
}

const kKey = 'storewise:Corner Shop';
const ids = (results) => results.map(({ id }) => id);

let shop;
before(async () => {
  const files = shopFiles();
  shop = await loadShop({ manifest: manifestFor(files), files });
});
after(() => shop.dispose());

describe('a visit', () => {
  test('cold, it recommends what is popular', () => {
    const visit = shop.visit();
    const results = visit.recommend({ limit: 4 });
    assert.deepEqual(ids(results), ['milk', 'bread', 'butter', 'jam']);
    assert.ok(results.every(({ reasons }) => reasons.some(({ kind }) => kind === 'popular')));
    visit.dispose();
  });

  test('recommends by what was viewed, with reasons whose shares sum to 1', () => {
    const visit = shop.visit();
    visit.view('milk');
    const results = visit.recommend({ limit: 3 });
    assert.deepEqual(ids(results), ['bread', 'butter', 'jam']);
    for (const { score, reasons } of results) {
      assert.equal(typeof score, 'number');
      const sum = reasons.reduce((total, { share }) => total + share, 0);
      assert.ok(Math.abs(sum - 1) < 1e-6, `shares sum to ${sum}`);
      assert.equal(reasons[0].kind, 'viewed');
      assert.equal(reasons[0].item, 'milk');
      assert.deepEqual(Object.keys(reasons[0]).sort(), ['item', 'kind', 'share', 'text']);
    }
    visit.dispose();
  });

  test('never recommends what is in the basket, excluded, or forbidden in the slot', () => {
    const visit = shop.visit();
    visit.addToCart('bread');
    visit.view('tea');
    for (const slot of ['for-you', 'basket', 'popular', 'kids']) {
      const results = ids(visit.recommend({ slot, limit: 9, exclude: ['jam'] }));
      assert.ok(results.length > 0, slot);
      assert.ok(!results.includes('bread') && !results.includes('jam'), slot);
      assert.equal(new Set(results).size, results.length);
      if (slot === 'kids') assert.ok(!results.includes('beer'));
    }
    visit.dispose();
  });

  test('recommends for the product of a page', () => {
    const visit = shop.visit();
    const results = ids(visit.recommend({ slot: 'related', item: 'tea', limit: 2 }));
    assert.equal(results.length, 2);
    assert.ok(!results.includes('tea'));
    visit.dispose();
  });

  test('fills, changes and empties the basket', () => {
    const visit = shop.visit();
    visit.addToCart('milk', { quantity: 2 });
    visit.addToCart('bread');
    visit.addToCart('beer');
    assert.deepEqual(visit.basket(), {
      items: [
        { id: 'milk', quantity: 2, price: 1.99 },
        { id: 'bread', quantity: 1, price: 2.5 },
        { id: 'beer', quantity: 1, price: null },
      ],
      total: 6.48,
    });
    visit.removeFromCart('milk', { quantity: 1 });
    assert.equal(visit.basket().items[0].quantity, 1);
    visit.addToCart('milk', { quantity: 5 });
    visit.removeFromCart('milk');
    assert.deepEqual(
      visit.basket().items.map(({ id }) => id),
      ['bread', 'beer'],
    );
    visit.purchase();
    assert.deepEqual(visit.basket(), { items: [], total: 0 });
    assert.ok(
      visit.export().events.some(({ type, item }) => type === 'purchase' && item === 'bread'),
    );
    visit.purchase('tea');
    visit.purchase(['jam', 'cake']);
    assert.deepEqual(
      visit
        .export()
        .events.slice(-3)
        .map(({ type, item }) => [type, item]),
      [
        ['purchase', 'tea'],
        ['purchase', 'jam'],
        ['purchase', 'cake'],
      ],
    );
    visit.dispose();
  });

  test('offers say what applies, what is missing and what it saves', () => {
    const visit = shop.visit();
    visit.addToCart('milk');
    const nearly = visit.offers({ limit: 3 }).find(({ offer }) => offer.id === 'breakfast');
    assert.equal(nearly.status, 'nearly');
    assert.equal(nearly.missing.quantity, 1);
    assert.deepEqual(Object.keys(nearly).sort(), [
      'missing',
      'offer',
      'reasons',
      'saving',
      'score',
      'status',
    ]);
    visit.addToCart('bread');
    const [first] = visit.offers({ language: 'zh-CN' });
    assert.equal(first.offer.id, 'breakfast');
    assert.equal(first.offer.title, '早餐立减 1.00');
    assert.equal(first.status, 'applies');
    assert.equal(first.saving, 1);
    assert.deepEqual([...first.offer.items].sort(), ['bread', 'butter', 'milk']);
    visit.dispose();
  });

  test('an unknown product is refused by name and leaves the visit as it was', () => {
    const visit = shop.visit();
    visit.view('milk');
    const before = visit.export();
    for (const use of [
      (id) => visit.view(id),
      (id) => visit.addToCart(id),
      (id) => visit.removeFromCart(id),
    ]) {
      assert.throws(
        () => use('no-such'),
        (error) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, /no-such/);
          return true;
        },
      );
      assert.throws(() => use(undefined), InputError);
    }
    assert.throws(() => visit.addToCart('milk', { quantity: 0 }), InputError);
    assert.throws(() => visit.addToCart('milk', { quantity: 1.5 }), InputError);
    assert.deepEqual(visit.export(), before);
    visit.dispose();
  });

  test('exports its events, restores them, and erases', () => {
    const visit = shop.visit();
    visit.view('milk', { at: 1_700_000_000_000 });
    visit.addToCart('bread', { at: 1_700_000_001_000, quantity: 3 });
    visit.view('tea', { at: 1_700_000_002_000 });
    const exported = visit.export();
    assert.deepEqual(exported, {
      version: 1,
      events: [
        { type: 'view', item: 'milk', at: 1_700_000_000_000, quantity: 1 },
        { type: 'add', item: 'bread', at: 1_700_000_001_000, quantity: 3 },
        { type: 'view', item: 'tea', at: 1_700_000_002_000, quantity: 1 },
      ],
    });
    const other = shop.visit();
    assert.deepEqual(other.restore(JSON.parse(JSON.stringify(exported))), {
      restored: 3,
      skipped: 0,
    });
    assert.deepEqual(other.export(), exported);
    assert.deepEqual(other.recommend(), visit.recommend());
    other.erase();
    assert.deepEqual(other.export(), { version: 1, events: [] });
    assert.deepEqual(other.basket().items, []);
    assert.equal(visit.size, 3);
    visit.dispose();
    other.dispose();
  });

  test('restoring skips what is malformed or unknown, and counts it', () => {
    const visit = shop.visit();
    const event = { type: 'view', item: 'milk', at: 5, quantity: 1 };
    const result = visit.restore({
      version: 1,
      events: [
        event,
        null,
        'view',
        { ...event, type: 'steal' },
        { ...event, item: 'no-such' },
        { ...event, item: '__proto__' },
        { ...event, at: Number.NaN },
        { ...event, at: '5' },
        { ...event, quantity: -1 },
        { ...event, quantity: 1e9 },
        { ...event, item: 'tea', extra: { deep: 1 } },
      ],
    });
    assert.deepEqual(result, { restored: 2, skipped: 9 });
    assert.deepEqual(
      visit.export().events.map(({ item }) => item),
      ['milk', 'tea'],
    );
    for (const nonsense of [
      null,
      7,
      'x',
      [],
      {},
      { version: 2, events: [event] },
      { version: 1, events: {} },
    ]) {
      assert.deepEqual(visit.restore(nonsense), { restored: 0, skipped: 0 });
    }
    assert.equal(visit.size, 0);
    visit.dispose();
  });

  test('keeps its newest five hundred events', () => {
    const visit = shop.visit();
    for (let i = 0; i < 520; i++) visit.view(kItems[i % 9], { at: i });
    assert.ok(visit.size <= 500);
    assert.equal(visit.export().events.at(-1).at, 519);
    visit.dispose();
  });

  test('tells listeners of every change; a faulty listener is reported and disturbs nobody', () => {
    const visit = shop.visit();
    const seen = [];
    const faults = [];
    globalThis.reportError = (error) => faults.push(error.message);
    try {
      const stopFaulty = visit.on('change', () => {
        throw new Error('a fault of the page');
      });
      const stop = visit.on('change', ({ kind, item }) => seen.push([kind, item]));
      visit.view('milk');
      stopFaulty();
      visit.addToCart('tea');
      visit.purchase();
      visit.erase();
      stop();
      visit.view('milk');
    } finally {
      delete globalThis.reportError;
    }
    assert.deepEqual(seen, [
      ['view', 'milk'],
      ['add', 'tea'],
      ['purchase', null],
      ['erase', null],
    ]);
    assert.deepEqual(faults, ['a fault of the page']);
    visit.dispose();
  });

  test('offers out of their time are not made', async () => {
    const files = shopFiles();
    const dated = JSON.parse(new TextDecoder().decode(files.offers));
    dated.offers[0].starts = '2026-01-01';
    dated.offers[0].ends = '2026-01-31';
    files.offers = new TextEncoder().encode(JSON.stringify(dated));
    const other = await loadShop({ manifest: manifestFor(files), files });
    const visit = other.visit();
    visit.addToCart('milk', { quantity: 2 });
    const made = (date) =>
      visit.offers({ now: Date.parse(date) }).some(({ offer }) => offer.id === 'breakfast');
    assert.deepEqual(['2025-12-30', '2026-01-15', '2026-02-02'].map(made), [false, true, false]);
    other.dispose();
  });

  test('disposed, it throws; disposing twice does not', () => {
    const visit = shop.visit();
    visit.dispose();
    visit.dispose();
    for (const use of [
      () => visit.view('milk'),
      () => visit.recommend(),
      () => visit.export(),
      () => visit.erase(),
    ]) {
      assert.throws(use, (error) => error instanceof StateError && error.code === 'disposed');
    }
  });

  test('a thousand visits can be opened and disposed', () => {
    for (let i = 0; i < 1000; i++) {
      const visit = shop.visit();
      visit.view('milk');
      visit.dispose();
    }
  });
});

describe('storage', () => {
  const install = () => {
    const local = new FakeStorage();
    const session = new FakeStorage();
    Object.defineProperty(globalThis, 'localStorage', { value: local, configurable: true });
    Object.defineProperty(globalThis, 'sessionStorage', { value: session, configurable: true });
    return { local, session };
  };
  afterEach(() => {
    delete globalThis.localStorage;
    delete globalThis.sessionStorage;
  });
  const stored = (storage) => JSON.parse(storage.values.get(kKey) ?? 'null');

  test('memory writes nothing', () => {
    const { local, session } = install();
    const visit = shop.visit();
    visit.view('milk');
    assert.equal(visit.storage, 'memory');
    assert.equal(local.values.size + session.values.size, 0);
    visit.dispose();
  });

  test('session is written after each event and comes back', () => {
    const { local, session } = install();
    const visit = shop.visit({ storage: 'session' });
    visit.view('milk');
    assert.equal(stored(session).events.length, 1);
    visit.addToCart('tea');
    assert.deepEqual(stored(session), visit.export());
    const again = shop.visit({ storage: 'session' });
    assert.deepEqual(again.export(), visit.export());
    assert.deepEqual(again.basket(), visit.basket());
    assert.equal(local.values.size, 0);
    again.erase();
    assert.equal(session.values.size, 0);
    visit.dispose();
    again.dispose();
  });

  test("a key of the page's own keeps visits apart", () => {
    const { session } = install();
    const visit = shop.visit({ storage: 'session', key: 'mine' });
    visit.view('milk');
    assert.deepEqual([...session.values.keys()], ['mine']);
    visit.dispose();
  });

  test('persistent needs consent; without it old traces are removed', () => {
    const { local } = install();
    const visit = shop.visit({ storage: 'persistent', consent: true });
    visit.view('milk');
    assert.equal(visit.storage, 'persistent');
    assert.equal(stored(local).events.length, 1);
    visit.dispose();
    const refused = shop.visit({ storage: 'persistent', consent: false });
    assert.equal(refused.storage, 'memory');
    assert.equal(local.values.size, 0);
    refused.view('tea');
    assert.equal(local.values.size, 0);
    refused.dispose();
  });

  test('keep() moves the visit when the visitor consents, and back', () => {
    const { local, session } = install();
    const visit = shop.visit({ storage: 'session' });
    visit.view('milk');
    assert.equal(visit.keep('persistent'), 'memory');
    assert.equal(session.values.size, 0);
    assert.equal(visit.keep('persistent', { consent: true }), 'persistent');
    assert.equal(stored(local).events.length, 1);
    assert.equal(visit.keep('session'), 'session');
    assert.equal(local.values.size, 0);
    assert.equal(stored(session).events.length, 1);
    visit.dispose();
  });

  test('blocked storage, or none, leaves a working visit in memory', () => {
    const { session } = install();
    session.blocked = true;
    const visit = shop.visit({ storage: 'session' });
    visit.view('milk');
    visit.erase();
    visit.dispose();
    Object.defineProperty(globalThis, 'sessionStorage', {
      get() {
        throw new Error('SecurityError');
      },
      configurable: true,
    });
    const barred = shop.visit({ storage: 'session' });
    assert.equal(barred.storage, 'memory');
    barred.view('milk');
    assert.equal(barred.size, 1);
    barred.dispose();
    delete globalThis.sessionStorage;
    const without = shop.visit({ storage: 'session' });
    assert.equal(without.storage, 'memory');
    without.dispose();
  });

  test('a full storage keeps the newest events', () => {
    const { session } = install();
    session.room = 1500;
    const visit = shop.visit({ storage: 'session' });
    for (let i = 0; i < 30; i++) visit.view(kItems[i % 9], { at: i });
    assert.equal(visit.size, 30);
    const { events } = stored(session);
    assert.ok(events.length >= 10 && events.at(-1).at >= 20);
    visit.dispose();
  });

  test('hostile content never breaks a visit', () => {
    const { session } = install();
    const hostile = [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '{"version":1}',
      '{"version":1,"events":null}',
      '{"version":1,"events":[null,1,"x",[],{}]}',
      '{"version":1,"events":[{"type":"view","item":{"toString":1},"at":1,"quantity":1}]}',
      '{"version":1,"events":[{"type":"view","item":"milk","at":1e400,"quantity":1}]}',
      '{"__proto__":{"polluted":1},"version":1,"events":[]}',
      `{"version":1,"events":[${'{"type":"view","item":"<script>","at":1,"quantity":1},'.repeat(99)}null]}`,
      `${'['.repeat(50_000)}`,
      `"${'x'.repeat(1_000_000)}"`,
    ];
    for (const text of hostile) {
      session.values.set(kKey, text);
      const visit = shop.visit({ storage: 'session' });
      assert.equal(visit.size, 0, text.slice(0, 60));
      visit.view('milk');
      assert.equal(stored(session).events.length, 1);
      assert.ok(visit.recommend().length > 0);
      visit.dispose();
    }
    assert.equal({}.polluted, undefined);
  });

  test('what another tab does arrives, forgetting included', () => {
    const { local } = install();
    const listeners = new Set();
    globalThis.addEventListener = (_, listener) => listeners.add(listener);
    globalThis.removeEventListener = (_, listener) => listeners.delete(listener);
    try {
      const visit = shop.visit({ storage: 'persistent', consent: true });
      visit.view('milk');
      const changes = [];
      visit.on('change', ({ kind }) => changes.push(kind));
      const events = [
        ...visit.export().events,
        { type: 'view', item: 'tea', at: 9e12, quantity: 1 },
      ];
      const newValue = JSON.stringify({ version: 1, events });
      local.values.set(kKey, newValue);
      for (const listener of listeners) listener({ key: kKey, newValue, storageArea: local });
      assert.deepEqual(
        visit.export().events.map(({ item }) => item),
        ['milk', 'tea'],
      );
      for (const listener of listeners)
        listener({ key: 'other', newValue: 'x', storageArea: local });
      local.values.delete(kKey);
      for (const listener of listeners) listener({ key: kKey, newValue: null, storageArea: local });
      assert.equal(visit.size, 0);
      assert.deepEqual(changes, ['restore', 'erase']);
      visit.dispose();
      assert.equal(listeners.size, 0);
    } finally {
      delete globalThis.addEventListener;
      delete globalThis.removeEventListener;
    }
  });
});
