// A static file server for looking at a built shop: 127.0.0.1 only, right types, compressed as a real
// host would. Serves nothing outside its folder, writes nothing, knows no shop.
import { createReadStream, existsSync, realpathSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import { CliError } from './errors.js';

const kTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
};

/** Already compressed: a second time only costs. */
const kIncompressible = new Set(['.png', '.jpg', '.jpeg', '.webp', '.avif', '.gif', '.woff2']);
const kSmallestCompressed = 1024;
/** Fast enough to make on every request, close to what hosts serve. */
const kBrotliQuality = 5;

export interface Serving {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Serves `folder` on 127.0.0.1; `port` 0 takes a free one. */
export async function serveFolder(folder: string, port: number): Promise<Serving> {
  let root: string;
  try {
    root = realpathSync(folder);
    if (!statSync(root).isDirectory()) throw new Error('not a folder');
  } catch (error) {
    const detail = { file: folder, expected: 'a folder' };
    throw new CliError('missing-file', 'there is no such folder', detail, error);
  }
  const server = createServer((request, response) => {
    answer(root, request, response);
  });
  await listening(server, port);
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${taken}/`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE' ? 'another program uses this port' : 'this port cannot be used';
      const detail = { place: '--port', found: String(port) };
      reject(new CliError('invalid-input', why, detail, error));
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function answer(root: string, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('cache-control', 'no-cache');
  response.setHeader('x-content-type-options', 'nosniff');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    refuse(response, 405, 'only GET and HEAD');
    return;
  }
  // The Host check keeps a page elsewhere from reading the folder through a rebound DNS name.
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (!['127.0.0.1', 'localhost', ''].includes(host)) {
    refuse(response, 403, 'wrong host');
    return;
  }
  const rawPath = (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/';
  let wanted: string;
  try {
    wanted = decodeURIComponent(rawPath);
  } catch {
    refuse(response, 400, 'the address cannot be read');
    return;
  }
  const file = resolveFile(root, wanted);
  if (file === undefined) {
    refuse(response, 404, 'there is no such file');
    return;
  }
  if (file === 'redirect') {
    response.writeHead(301, { location: `${rawPath.replace(/^\/+/, '/')}/` });
    response.end();
    return;
  }
  send(file, request, response);
}

/** The file for a decoded path; 'redirect' for a folder without its slash. */
function resolveFile(root: string, wanted: string): string | undefined {
  if (wanted.includes('\0') || wanted.includes('\\')) return undefined;
  const inside = path.join(root, wanted);
  if (inside !== root && !inside.startsWith(root + path.sep)) return undefined;
  if (!existsSync(inside)) return undefined;
  // A link inside the folder must not lead out of it.
  const real = realpathSync(inside);
  if (real !== root && !real.startsWith(root + path.sep)) return undefined;
  if (!statSync(real).isDirectory()) return wanted.endsWith('/') ? undefined : real;
  if (!wanted.endsWith('/')) return 'redirect';
  // A shop as it was built has a report and no page of its own.
  return ['index.html', 'report.html']
    .map((name) => path.join(real, name))
    .find((page) => existsSync(page) && realpathSync(page).startsWith(root + path.sep));
}

function send(file: string, request: IncomingMessage, response: ServerResponse): void {
  const extension = path.extname(file).toLowerCase();
  const { size, mtime } = statSync(file);
  const encoding =
    size < kSmallestCompressed || kIncompressible.has(extension)
      ? undefined
      : acceptedEncoding(request.headers['accept-encoding']);
  const tag = `"${size.toString(16)}-${mtime.getTime().toString(16)}-${encoding ?? ''}"`;
  response.setHeader('content-type', kTypes[extension] ?? 'application/octet-stream');
  response.setHeader('etag', tag);
  response.setHeader('vary', 'accept-encoding');
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304);
    response.end();
    return;
  }
  if (encoding === undefined) response.setHeader('content-length', size);
  else response.setHeader('content-encoding', encoding);
  response.writeHead(200);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const source = createReadStream(file);
  const done = (): void => {
    if (!response.writableEnded) response.destroy();
  };
  if (encoding === 'br') {
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: kBrotliQuality,
      [constants.BROTLI_PARAM_SIZE_HINT]: size,
    };
    pipeline(source, createBrotliCompress({ params }), response, done);
  } else if (encoding === 'gzip') {
    pipeline(source, createGzip(), response, done);
  } else {
    pipeline(source, response, done);
  }
}

function acceptedEncoding(header: string | string[] | undefined): 'br' | 'gzip' | undefined {
  const accepted = new Map(
    String(header ?? '')
      .split(',')
      .map((part) =>
        part
          .trim()
          .toLowerCase()
          .split(/\s*;\s*q=/),
      )
      .map(([name = '', quality = '1']): [string, number] => [name, Number(quality)]),
  );
  const allows = (name: string): boolean => (accepted.get(name) ?? accepted.get('*') ?? 0) > 0;
  if (allows('br')) return 'br';
  return allows('gzip') ? 'gzip' : undefined;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${status}: ${text}\n`);
}
