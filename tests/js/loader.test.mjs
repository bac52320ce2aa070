// Loading the engine: every way in, every way it fails, and that a failure never sticks.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { compileEngine, LoadError, loadModel } from 'storewise';
import { serve } from './support/server.mjs';

// The smallest WebAssembly module there is: a header without a section.
const kEmptyWasm = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

describe('compileEngine', () => {
  const routes = new Map();
  let server;
  before(async () => {
    server = await serve(routes);
  });
  after(() => server.close());
  const url = (path) => `${server.url}${path}`;

  test('compiles from a URL and tells its size', async () => {
    routes.set('a/storewise.wasm', kEmptyWasm);
    const engine = await compileEngine(url('a/storewise.wasm'));
    assert.ok(engine.module instanceof WebAssembly.Module);
    assert.equal(engine.url, url('a/storewise.wasm'));
  });

  test('compiles from bytes, an ArrayBuffer, a Response and a Module', async () => {
    const module = await WebAssembly.compile(kEmptyWasm);
    const response = new Response(kEmptyWasm, { headers: { 'content-type': 'application/wasm' } });
    for (const source of [kEmptyWasm, kEmptyWasm.buffer, response, module]) {
      assert.ok((await compileEngine(source)).module instanceof WebAssembly.Module);
    }
  });

  test('compiles from a file: URL under Node', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'storewise-'));
    try {
      writeFileSync(join(folder, 'engine.wasm'), kEmptyWasm);
      const engine = await compileEngine(pathToFileURL(join(folder, 'engine.wasm')));
      assert.equal(engine.bytes, 8);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('falls back when the server names a wrong MIME type', async () => {
    for (const type of ['application/octet-stream', 'text/plain', null]) {
      const path = `mime-${type?.replace('/', '-')}.wasm`;
      routes.set(path, (_, response) => {
        if (type !== null) response.setHeader('content-type', type);
        response.end(kEmptyWasm);
      });
      assert.ok((await compileEngine(url(path))).module instanceof WebAssembly.Module);
    }
  });

  test('says "got HTML, expected wasm, at URL" for a web page with status 200', async () => {
    routes.set('page.wasm', (_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>Shop</title>');
    });
    await assert.rejects(compileEngine(url('page.wasm')), (error) => {
      assert.ok(error instanceof LoadError);
      assert.equal(error.code, 'wrong-file');
      assert.equal(error.message, `got HTML, expected wasm, at ${url('page.wasm')}`);
      assert.equal(error.found, 'HTML');
      assert.equal(error.expected, 'wasm');
      assert.equal(error.file, url('page.wasm'));
      return true;
    });
  });

  test('names the status of a missing file', async () => {
    await assert.rejects(compileEngine(url('missing.wasm')), (error) => {
      assert.equal(error.code, 'http-status');
      assert.match(error.message, /404/);
      return true;
    });
  });

  test('rejects truncated WebAssembly, streamed or not', async () => {
    const broken = Uint8Array.of(...kEmptyWasm, 1, 200, 3, 4);
    routes.set('broken.wasm', broken);
    await assert.rejects(compileEngine(url('broken.wasm')), { code: 'wrong-file' });
    await assert.rejects(compileEngine(broken), { code: 'wrong-file' });
    await assert.rejects(compileEngine(new Uint8Array()), /an empty file/);
  });

  test('forgets a failure', async () => {
    let broken = true;
    routes.set('flaky.wasm', (_, response) => {
      response.writeHead(broken ? 503 : 200, { 'content-type': 'application/wasm' });
      response.end(kEmptyWasm);
    });
    await assert.rejects(compileEngine(url('flaky.wasm')), { code: 'http-status' });
    broken = false;
    assert.ok((await compileEngine(url('flaky.wasm'))).module instanceof WebAssembly.Module);
  });

  test('fetches once for three callers', async () => {
    routes.set('shared.wasm', kEmptyWasm);
    const engines = await Promise.all([1, 2, 3].map(() => compileEngine(url('shared.wasm'))));
    assert.equal(server.requests.filter((path) => path === 'shared.wasm').length, 1);
    assert.equal(engines[0].module, engines[2].module);
  });

  test("one caller's abort leaves the others; the last one's ends the request", async () => {
    let closed = 0;
    routes.set('slow.wasm', (_request, response) => {
      response.on('close', () => {
        if (!response.writableEnded) closed += 1;
      });
      response.setHeader('content-type', 'application/wasm');
      setTimeout(() => response.end(kEmptyWasm), 150);
    });
    const first = new AbortController();
    const second = new AbortController();
    const one = compileEngine(url('slow.wasm'), { signal: first.signal });
    const two = compileEngine(url('slow.wasm'), { signal: second.signal });
    const three = compileEngine(url('slow.wasm'));
    first.abort(new Error('changed my mind'));
    await assert.rejects(one, /changed my mind/);
    await Promise.all([two, three]);
    assert.equal(closed, 0);

    routes.set('never.wasm', (_request, response) => {
      response.on('close', () => {
        closed += 1;
      });
      response.writeHead(200, { 'content-type': 'application/wasm' });
      response.write(kEmptyWasm.subarray(0, 4));
    });
    const alone = new AbortController();
    const waiting = compileEngine(url('never.wasm'), { signal: alone.signal });
    setTimeout(() => alone.abort(new Error('enough')), 30);
    await assert.rejects(waiting, /enough/);
    while (closed === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await assert.rejects(compileEngine(url('x.wasm'), { signal: alone.signal }), /enough/);
  });

  test('reports progress up to the whole size', async () => {
    routes.set('progress.wasm', kEmptyWasm);
    const seen = [];
    await compileEngine(url('progress.wasm'), { onProgress: (progress) => seen.push(progress) });
    assert.deepEqual(seen.at(-1), { file: url('progress.wasm'), loaded: 8, total: 8 });
  });

  test("uses the caller's fetch", async () => {
    const asked = [];
    const own = async (target) => {
      asked.push(String(target));
      return new Response(kEmptyWasm);
    };
    await compileEngine('https://shop.example/e.wasm', { fetch: own });
    assert.deepEqual(asked, ['https://shop.example/e.wasm']);
  });

  test('names the URL when there is no server', async () => {
    await assert.rejects(compileEngine('http://127.0.0.1:9/e.wasm'), (error) => {
      assert.equal(error.code, 'network');
      assert.match(error.message, /127\.0\.0\.1:9\/e\.wasm/);
      assert.ok(error.cause instanceof Error);
      return true;
    });
    await assert.rejects(compileEngine('http://['), { code: 'network' });
    await assert.rejects(compileEngine(pathToFileURL('/no/such/engine.wasm')), { code: 'network' });
  });

  test('a module that is not this engine is refused by name', async () => {
    routes.set('other.wasm', kEmptyWasm);
    const options = { wasm: url('other.wasm') };
    await assert.rejects(loadModel(new Uint8Array([8, 8]), options), (error) => {
      assert.ok(error instanceof LoadError);
      assert.equal(error.code, 'wrong-version');
      assert.match(error.message, /other\.wasm is not the engine of this storewise/);
      return true;
    });
  });
});
