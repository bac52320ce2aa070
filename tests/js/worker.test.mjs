// storewise/worker: the same answers from the other side of a port, and errors that survive the trip.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { InputError, LoadError, loadShop, ModelError, StateError } from 'storewise';
import { loadModel as loadRemoteModel, loadShop as loadRemoteShop } from 'storewise/worker';
import { serve as serveThread } from 'storewise/worker-thread';
import { serve } from './support/server.mjs';
import { manifestFor, recommenderModel, shopFiles, shopFolder } from './support/shop.mjs';
import { classifierModel } from './support/train.mjs';

const files = shopFiles({ classifier: await classifierModel() });
const source = { manifest: manifestFor(files), files };
const fixed = { at: 1_700_000_000_000 };

// Both ends of a channel live in this process; what crosses is cloned as it would be to a worker.
let channel;
let worker;
let here;
let there;
before(async () => {
  channel = new MessageChannel();
  serveThread(channel.port1);
  worker = channel.port2;
  here = await loadShop(source);
  there = await loadRemoteShop(source, { worker });
});
after(() => {
  there.dispose();
  here.dispose();
  channel.port1.close();
  channel.port2.close();
});

describe('a shop in a worker', () => {
  test('knows at once what a page reads all the time', () => {
    assert.equal(there.name, 'Corner Shop');
    assert.deepEqual(there.languages, here.languages);
    assert.deepEqual(there.catalogue.get('milk'), here.catalogue.get('milk'));
    assert.deepEqual(there.faq.list({ language: 'zh' }), here.faq.list({ language: 'zh' }));
  });

  test('answers as the shop in the page does', async () => {
    const question = 'where is my parcel?';
    assert.deepEqual(await there.ask(question), here.ask(question));
    assert.deepEqual(await there.similar('milk', { limit: 2 }), here.similar('milk', { limit: 2 }));
    assert.equal((await there.info()).files.length, here.info().files.length);
  });

  test('a visit goes the same way, and tells of every change', async () => {
    const [a, b] = [here.visit(), await there.visit()];
    const changes = [];
    b.on('change', (change) => changes.push(change));
    a.view('milk', fixed);
    a.addToCart('bread', { ...fixed, quantity: 2 });
    await b.view('milk', fixed);
    await b.addToCart('bread', { ...fixed, quantity: 2 });
    assert.deepEqual(await b.recommend({ limit: 3 }), a.recommend({ limit: 3 }));
    assert.deepEqual(await b.offers({ now: fixed.at }), a.offers({ now: fixed.at }));
    assert.deepEqual(await b.basket(), a.basket());
    assert.deepEqual(await b.export(), a.export());
    await b.purchase(undefined, fixed);
    await b.erase();
    assert.deepEqual((await b.export()).events, []);
    assert.deepEqual(
      changes.map(({ kind, item }) => [kind, item]),
      [
        ['view', 'milk'],
        ['add', 'bread'],
        ['purchase', null],
        ['erase', null],
      ],
    );
    a.dispose();
    b.dispose();
    await assert.rejects(b.basket(), StateError);
  });

  test('a visit is remembered in the storage of the page', async () => {
    const values = new Map();
    globalThis.sessionStorage = {
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => values.set(key, value),
      removeItem: (key) => values.delete(key),
    };
    try {
      const first = await there.visit({ storage: 'session' });
      assert.equal(first.storage, 'session');
      await first.view('tea', fixed);
      first.dispose();
      const second = await there.visit({ storage: 'session' });
      assert.deepEqual(
        (await second.export()).events.map(({ item }) => item),
        ['tea'],
      );
      assert.equal(await second.keep('memory'), 'memory');
      assert.equal(values.size, 0);
      second.dispose();
    } finally {
      delete globalThis.sessionStorage;
    }
  });

  test('an error has its class, its parts and the line of the caller', async () => {
    const visit = await there.visit();
    await assert.rejects(visit.view('nothing'), (error) => {
      assert.ok(error instanceof InputError);
      assert.equal(error.code, 'invalid-input');
      assert.match(error.found, /nothing/);
      assert.match(error.stack, /worker\.test\.mjs/);
      return true;
    });
    visit.dispose();
    await there.reload();
    assert.equal((await there.similar('milk', { limit: 1 })).length, 1);
  });

  test('loads from a URL, tells of progress and stops when told', async () => {
    const server = await serve(shopFolder(files));
    try {
      const seen = [];
      const onProgress = ({ file, loaded }) => seen.push([file, loaded]);
      const shop = await loadRemoteShop(`${server.url}shop.json`, { worker, onProgress });
      assert.ok(seen.some(([file, loaded]) => file.endsWith('catalogue.json') && loaded > 0));
      shop.dispose();
      const stop = AbortSignal.abort(new Error('changed my mind'));
      const late = loadRemoteShop(`${server.url}shop.json`, { worker, signal: stop });
      await assert.rejects(late, /changed my mind/);
      await assert.rejects(loadRemoteShop(`${server.url}none.json`, { worker }), LoadError);
      await assert.rejects(loadRemoteShop(source, { worker, fetch }), InputError);
    } finally {
      await server.close();
    }
  });

  test('only what the interface names can be called', async () => {
    const port = new MessageChannel();
    serveThread(port.port1);
    const reply = new Promise((resolve) => {
      port.port2.once('message', resolve);
    });
    port.port2.postMessage({ id: 7, object: 3, method: 'constructor', arguments: [] });
    const { id, error } = await reply;
    assert.equal(id, 7);
    assert.match(error.message, /no object 3/);
    port.port1.close();
    port.port2.close();
  });
});

describe('a model in a worker', () => {
  test('runs, and is gone after dispose', async () => {
    const model = await loadRemoteModel(recommenderModel(), { worker, name: 'made here' });
    assert.deepEqual(
      model.inputs.map(({ name }) => name),
      ['items', 'weights'],
    );
    const { scores } = await model.run({
      items: new BigInt64Array([0n]),
      weights: new Float32Array([1]),
    });
    assert.ok(scores.data instanceof Float32Array);
    assert.ok(scores.data[1] > scores.data[2]);
    await assert.rejects(model.run({}), InputError);
    model.dispose();
    await assert.rejects(model.run({}), StateError);
    await assert.rejects(
      loadRemoteModel(new Uint8Array([8, 7]), { worker, name: 'broken' }),
      (error) => error instanceof ModelError && error.file === 'broken',
    );
  });
});
