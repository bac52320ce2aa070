// Files in, bytes out: from http(s) in browsers and Node, from file: URLs in Node. Rejects with a
// LoadError that names the URL, what was expected and what came; never hangs, never caches.

import { LoadError } from './errors.js';

/** Progress of one file. */
export interface Progress {
  /** The file's URL. */
  readonly file: string;
  /** Bytes that have arrived. */
  readonly loaded: number;
  /** Bytes of the whole file, or null while that is not known. */
  readonly total: number | null;
}

/** Options of everything that loads. */
export interface LoadOptions {
  /** Stops the loading; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes arrive, once at least for each file. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Used instead of the global `fetch`: for headers, caches, tests. */
  readonly fetch?: typeof fetch | undefined;
}

interface NodeFs {
  readonly promises: {
    readFile(path: URL, options?: { signal?: AbortSignal }): Promise<Uint8Array<ArrayBuffer>>;
  };
}

interface NodeProcess {
  cwd?(): string;
  getBuiltinModule?(name: string): unknown;
}

// Node's own process, without an import that would disturb a bundler or a browser.
function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}

/** @internal `url` as an absolute URL: relative to the page, the worker, or Node's working directory. */
export function absoluteUrl(url: string | URL, base?: string | URL): URL {
  if (url instanceof URL) return url;
  const page = (globalThis as { document?: { baseURI: string } }).document?.baseURI;
  const place = (globalThis as { location?: { href: string } }).location?.href;
  let from: string | URL | undefined = base ?? page ?? place;
  if (from === undefined) {
    const folder = nodeProcess()?.cwd?.().replaceAll('\\', '/').replace(/^\/*/, '/');
    if (folder !== undefined) from = new URL(`file://${encodeURI(folder)}/`);
  }
  try {
    return new URL(url, from);
  } catch (cause) {
    throw new LoadError('network', `not a usable URL: ${JSON.stringify(url)}`, {
      file: url,
      expected: 'an absolute URL, or one relative to the page',
      found: url,
      cause,
    });
  }
}

async function readLocalFile(url: URL, signal: AbortSignal | undefined): Promise<Response> {
  const fs = nodeProcess()?.getBuiltinModule?.('node:fs') as NodeFs | undefined;
  if (fs === undefined) {
    throw new LoadError(
      'network',
      `${url}: a file: URL can be read under Node 20.16 or later only`,
      {
        file: url.href,
        expected: 'an http(s) URL',
        found: 'a file: URL',
      },
    );
  }
  const bytes = await fs.promises.readFile(url, signal === undefined ? {} : { signal });
  const type = url.pathname.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
  return new Response(bytes, {
    headers: { 'content-type': type, 'content-length': String(bytes.byteLength) },
  });
}

/**
 * @internal Fetches `url` and returns the response once its status is known to be 2xx.
 * Throws LoadError `network` or `http-status`, or the signal's reason.
 */
export async function fetchFile(
  url: URL,
  options: LoadOptions,
  cache?: RequestCache,
): Promise<Response> {
  const { signal } = options;
  signal?.throwIfAborted();
  let response: Response;
  try {
    if (url.protocol === 'file:' && options.fetch === undefined) {
      response = await readLocalFile(url, signal);
    } else {
      const init: RequestInit = {};
      if (signal !== undefined) init.signal = signal;
      if (cache !== undefined) init.cache = cache;
      response = await (options.fetch ?? fetch)(url, init);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof LoadError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LoadError('network', `${url} could not be fetched: ${why}`, {
      file: url.href,
      expected: 'a response',
      found: why,
      cause,
    });
  }
  if (!response.ok) {
    const found = `${response.status} ${response.statusText}`.trim();
    throw new LoadError(
      'http-status',
      `${url} could not be fetched: the server answered ${found}`,
      {
        file: url.href,
        expected: 'status 200',
        found,
      },
    );
  }
  return response;
}

/** @internal The body's length, when the header tells it: a compressed body is longer than it says. */
export function announcedBytes(response: Response): number | null {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const encoded = response.headers.get('content-encoding');
  return Number.isInteger(length) && (encoded === null || encoded === 'identity') ? length : null;
}

/**
 * @internal All bytes of a response. `total` (bytes) is what the caller knows of the length, if anything;
 * a body that grows beyond four times that is given up, so that a wrong URL can't fill the memory.
 * `onStart` is told up to 256 bytes that come first.
 */
export async function readBytes(
  response: Response,
  file: string,
  options: LoadOptions,
  total: number | null = announcedBytes(response),
  onStart: (head: Uint8Array) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, onProgress } = options;
  const { body } = response;
  // What has come, then room for more: one byte more than the file, so that its end is seen.
  let room = new Uint8Array(Math.min(Math.max(total ?? 0, 0), kMostRoom) + 1);
  let loaded = 0;
  const makeRoom = (bytes: number) => {
    if (loaded + bytes <= room.byteLength) return;
    const larger = new Uint8Array(2 * room.byteLength + Math.max(bytes, 65536));
    larger.set(room);
    room = larger;
  };
  try {
    if (body === null) {
      room = new Uint8Array(await response.arrayBuffer());
      loaded = room.byteLength;
    }
    const inPlace = body && byteReader(body);
    const reader = inPlace ?? body?.getReader();
    while (body !== null) {
      let arrived: number;
      if (inPlace !== null) {
        makeRoom(1);
        // The buffer goes to the browser and comes back as another object.
        const { done, value } = await inPlace.read(room.subarray(loaded));
        if (value !== undefined) room = new Uint8Array(value.buffer);
        if (done) break;
        arrived = value.byteLength;
      } else {
        const { done, value } = await (reader as ReadableStreamDefaultReader<Uint8Array>).read();
        if (done) break;
        arrived = value.byteLength;
        makeRoom(arrived);
        room.set(value, loaded);
      }
      if (loaded === 0) onStart(room.slice(0, Math.min(arrived, 256)));
      loaded += arrived;
      if (total !== null && loaded > 4 * total + 65536) {
        await reader?.cancel();
        throw new LoadError(
          'wrong-checksum',
          `${file} is longer than the promised ${total} bytes`,
          {
            file,
            expected: `${total} bytes`,
            found: `more than ${loaded} bytes`,
          },
        );
      }
      onProgress?.({ file, loaded, total });
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof LoadError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LoadError('network', `${file} broke off after ${loaded} bytes: ${why}`, {
      file,
      expected: total === null ? 'the whole file' : `${total} bytes`,
      found: `${loaded} bytes`,
      cause,
    });
  }
  signal?.throwIfAborted();
  if (body === null || loaded === 0) onProgress?.({ file, loaded, total: loaded });
  return room.subarray(0, loaded);
}

// A header may promise anything: beyond this, room is made when the bytes have come.
const kMostRoom = 1 << 26;

// A reader that fills a buffer of ours, or null where the body is no stream of bytes: in Safari before
// 26, and of responses that a caller's `fetch` makes.
function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' });
  } catch {
    return null;
  }
}

/** @internal What bytes look like, in words for an error: "a web page (HTML)", "JSON", "0 bytes". */
export function looksLike(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) return 'an empty file';
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  if (/^<(!doctype|html|head|body|!--)/i.test(head)) return 'HTML';
  if (head.startsWith('<')) return 'XML or HTML';
  if (head.startsWith('version https://git-lfs')) return 'a Git LFS pointer';
  if (/^[{[]/.test(head)) return 'JSON';
  if (bytes[0] === 0 && head.startsWith('\0asm')) return 'WebAssembly';
  return `bytes that start with ${Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, '0')).join(' ')}`;
}
