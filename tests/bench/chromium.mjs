// Chromium for the benchmark: a server of the folders that page.mjs imports from, and fresh pages.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { chromium } from '@playwright/test';

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

// `files` are { '/url': path }, `folders` { name: path } served as /name/...
function startServer(files, folders) {
  const server = createServer((request, response) => {
    // Isolated pages have a clock of 5 us instead of 100.
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    if (request.url === '/') {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>bench</title>');
      return;
    }
    const [, folder, ...rest] = request.url.split('/');
    const base = folders[folder];
    const file = files[request.url] ?? (base && path.join(base, ...rest));
    try {
      if (!files[request.url] && !file?.startsWith(base)) throw new Error('outside');
      const bytes = readFileSync(file);
      response
        .setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream')
        .end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/**
 * Gives `body` a function inFreshPage(name, ...args) that calls what page.mjs exports under that name
 * in a page of its own, with nothing cached.
 */
export async function withChromium({ files, folders }, body) {
  const server = await startServer(files, folders);
  const address = `http://127.0.0.1:${server.address().port}/`;
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const inFreshPage = async (name, ...args) => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(address);
      return await page.evaluate(
        async ([called, given]) => (await import('/bench/page.mjs'))[called](...given),
        [name, args],
      );
    } finally {
      await context.close();
    }
  };
  try {
    return await body(inFreshPage);
  } finally {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
  }
}
