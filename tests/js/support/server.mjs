// A web server on localhost for tests: routes are a map from path to bytes or to a handler.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';

const kMime = {
  css: 'text/css',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  json: 'application/json',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

/**
 * Serves `routes` (path without the leading slash -> Uint8Array, string or (request, response) => void)
 * and counts the requests. `folders` are served as they lie on disk (path prefix -> folder). Unknown
 * paths answer 404 with a web page, as shops' servers do.
 */
export async function serve(routes, folders = {}) {
  const fromDisk = (path) => {
    for (const [prefix, folder] of Object.entries(folders)) {
      if (!path.startsWith(`${prefix}/`) || normalize(path) !== path) continue;
      try {
        return readFileSync(join(folder, path.slice(prefix.length + 1)));
      } catch {
        return undefined;
      }
    }
    return undefined;
  };
  const requests = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname.slice(1));
    requests.push(path);
    const content = routes.get(path) ?? fromDisk(path);
    if (typeof content === 'function') return content(request, response);
    if (content === undefined) {
      response.writeHead(404, { 'content-type': kMime.html });
      return response.end('<!doctype html><title>Not found</title>');
    }
    const type = kMime[path.split('.').at(-1)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(content) });
    return response.end(content);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
