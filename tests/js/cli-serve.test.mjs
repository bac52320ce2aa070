// `storewise serve`: types, compression, and that nothing outside the folder is served.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import http from 'node:http';
import { after, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { cliModule, file, storewise, temporaryFolder } from './cli-helpers.mjs';

const { serveFolder } = await cliModule('serve');
const folder = temporaryFolder();
const text = `{"text":"${'storewise '.repeat(400)}"}`;
file(folder, 'site/index.html', '<!doctype html><title>home</title>');
file(folder, 'site/shop/report.html', '<!doctype html><title>report</title>');
file(folder, 'site/shop/shop.json', text);
file(folder, 'site/shop/model.onnx', Buffer.alloc(3000, 7));
file(folder, 'site/storewise.wasm', Buffer.from('0061736d01000000', 'hex'));
file(folder, 'secret.txt', 'secret');
symlinkSync(`${folder}/secret.txt`, `${folder}/site/link.txt`);
const serving = await serveFolder(`${folder}/site`, 0);
after(() => serving.close());

/** A request with the path exactly as given: fetch would tidy the dots away. */
function get(path, headers = {}, method = 'GET') {
  return new Promise((resolve, reject) => {
    const request = http.request({ port: serving.port, host: '127.0.0.1', path, headers, method });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.end();
  });
}

test('files have the types that browsers insist on', async () => {
  assert.equal((await get('/storewise.wasm')).headers['content-type'], 'application/wasm');
  assert.match((await get('/')).headers['content-type'], /^text\/html/);
  assert.match((await get('/shop/shop.json')).headers['content-type'], /^application\/json/);
  assert.equal((await get('/shop/model.onnx')).headers['content-type'], 'application/octet-stream');
});

test('a folder without an index shows its report, without its slash it redirects', async () => {
  assert.match((await get('/shop/')).body.toString(), /report/);
  const { status, headers } = await get('/shop');
  assert.deepEqual([status, headers.location], [301, '/shop/']);
});

test('bodies are compressed as the browser accepts them', async () => {
  const brotli = await get('/shop/shop.json', { 'accept-encoding': 'gzip, deflate, br' });
  assert.equal(brotli.headers['content-encoding'], 'br');
  assert.equal(brotliDecompressSync(brotli.body).toString(), text);
  assert.ok(brotli.body.length < text.length / 10);
  const gzip = await get('/shop/shop.json', { 'accept-encoding': 'gzip, br;q=0' });
  assert.equal(gunzipSync(gzip.body).toString(), text);
  const plain = await get('/shop/shop.json');
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(plain.body.toString(), text);
  assert.equal(plain.headers['content-length'], String(text.length));
});

test('HEAD has headers and no body; a known tag is answered 304; other methods are refused', async () => {
  const head = await get('/shop/shop.json', {}, 'HEAD');
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  const again = await get('/shop/shop.json', { 'if-none-match': head.headers.etag });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  assert.equal((await get('/', {}, 'POST')).status, 405);
});

test('no path leads out of the folder, not even a link inside it', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/shop/../../secret.txt',
    '/..%2fsecret.txt',
    '/..\\secret.txt',
    '/%00',
    '/link.txt',
    '//etc/passwd',
    '/nothing.html',
  ]) {
    const { status, body } = await get(path);
    assert.equal(status, 404, path);
    assert.ok(!body.includes('secret'), path);
  }
  assert.equal((await get('/%zz')).status, 400);
});

test('another host name in the request is refused', async () => {
  assert.equal((await get('/', { host: 'evil.example' })).status, 403);
  assert.equal((await get('/', { host: `localhost:${serving.port}` })).status, 200);
});

test('the command prints its address as JSON, serves, and ends with 0 on Ctrl-C', async () => {
  let answered;
  const result = await storewise(['serve', `${folder}/site`, '--json'], {
    onStart: (child) => {
      child.stdout.once('data', async (line) => {
        answered = await fetch(JSON.parse(line).url).then((response) => response.text());
        child.kill('SIGINT');
      });
    },
  });
  assert.match(answered, /home/);
  assert.equal(result.status, 0);
  assert.equal(result.stdout.trim().split('\n').length, 1);
});

test('a taken port and a missing folder are errors', async () => {
  const taken = await storewise(['serve', `${folder}/site`, '--port', String(serving.port)]);
  assert.equal(taken.status, 1);
  assert.match(taken.stderr, /another program uses this port/);
  const missing = await storewise(['serve', `${folder}/nowhere`]);
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /no such folder/);
});
