// The engine's WebAssembly, from wherever it lies to a compiled module. Compiles while the bytes
// stream in, falls back when the server names the wrong MIME type, shares one compilation among
// callers, and forgets a failure so that the next call tries afresh.

import { defaultWasm } from './default-wasm.js';
import { LoadError } from './errors.js';
import {
  absoluteUrl,
  announcedBytes,
  fetchFile,
  type LoadOptions,
  looksLike,
  readBytes,
} from './fetching.js';

declare global {
  // Merges with the DOM library's declaration, and stands in for it in a Node project without one.
  namespace WebAssembly {
    interface Module {}
  }
}

/** Where the WebAssembly comes from: the URL of the file (not of a folder), or the thing itself. */
export type WasmSource =
  | string
  | URL
  | Response
  | ArrayBuffer
  | Uint8Array<ArrayBuffer>
  | WebAssembly.Module;

/** A compiled engine and what is known of its file. */
export interface CompiledEngine {
  readonly module: WebAssembly.Module;
  /** The URL, or '' when bytes or a module were handed in. */
  readonly url: string;
  /** Bytes of the file, or null when the browser does not tell. */
  readonly bytes: number | null;
}

// What messages call a file that has no URL.
const kGiven = 'the given WebAssembly';

function checkMagic(bytes: Uint8Array, file: string): void {
  const magic = [0x00, 0x61, 0x73, 0x6d];
  if (magic.every((byte, i) => bytes[i] === byte)) return;
  const found = looksLike(bytes);
  throw new LoadError('wrong-file', `got ${found}, expected wasm, at ${file}`, {
    file,
    expected: 'wasm',
    found,
  });
}

function compileFailed(cause: unknown, file: string): LoadError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LoadError('wrong-file', `${file} does not compile as WebAssembly: ${why}`, {
    file,
    expected: 'WebAssembly with SIMD and exceptions (Chrome 95, Firefox 100, Safari 16.4 or later)',
    found: why,
    cause,
  });
}

async function compileBytes(bytes: Uint8Array<ArrayBuffer>, url: string): Promise<CompiledEngine> {
  const file = url || kGiven;
  checkMagic(bytes, file);
  try {
    return { module: await WebAssembly.compile(bytes), url, bytes: bytes.byteLength };
  } catch (cause) {
    throw compileFailed(cause, file);
  }
}

// What the browser measured; compileStreaming itself does not tell.
function measuredBytes(url: string, response: Response): number | null {
  const entries = globalThis.performance?.getEntriesByName?.(url, 'resource') ?? [];
  const last = entries.at(-1) as { decodedBodySize?: number } | undefined;
  return last?.decodedBodySize || announcedBytes(response);
}

async function compileResponse(
  response: Response,
  url: string,
  options: LoadOptions,
): Promise<CompiledEngine> {
  const mime = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  // Streaming needs the right MIME type and hides the bytes, so that progress is counted without.
  const stream = mime === 'application/wasm' && options.onProgress === undefined;
  if (!stream || typeof WebAssembly.compileStreaming !== 'function') {
    return compileBytes(await readBytes(response, url || kGiven, options), url);
  }
  try {
    const module = await WebAssembly.compileStreaming(response);
    return { module, url, bytes: measuredBytes(url, response) };
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw compileFailed(cause, url || kGiven);
  }
}

// One compilation that several callers wait for. It is aborted when all of them have gone.
interface Shared {
  readonly result: Promise<CompiledEngine>;
  readonly controller: AbortController;
  waiting: number;
}

const shared = new WeakMap<typeof fetch, Map<string, Shared>>();

function sharedCompile(url: URL, options: LoadOptions): Promise<CompiledEngine> {
  const fetcher = options.fetch ?? globalThis.fetch;
  const perFetch = shared.get(fetcher) ?? new Map<string, Shared>();
  shared.set(fetcher, perFetch);
  let entry = perFetch.get(url.href);
  if (entry === undefined) {
    const controller = new AbortController();
    const inner: LoadOptions = { ...options, signal: controller.signal };
    const result = fetchFile(url, inner).then((response) =>
      compileResponse(response, url.href, inner),
    );
    const made: Shared = { result, controller, waiting: 0 };
    perFetch.set(url.href, made);
    result.catch(() => {
      if (perFetch.get(url.href) === made) perFetch.delete(url.href);
    });
    entry = made;
  }
  const mine = entry;
  const result = waitFor(mine, options.signal, () => {
    if (perFetch.get(url.href) === mine) perFetch.delete(url.href);
  });
  return result.then((engine) => {
    const { bytes } = engine;
    if (bytes !== null) options.onProgress?.({ file: url.href, loaded: bytes, total: bytes });
    return engine;
  });
}

function waitFor(
  entry: Shared,
  signal: AbortSignal | undefined,
  forget: () => void,
): Promise<CompiledEngine> {
  if (signal === undefined) {
    entry.waiting += 1;
    return entry.result;
  }
  if (signal.aborted) return Promise.reject(signal.reason);
  entry.waiting += 1;
  return new Promise((resolve, reject) => {
    const leave = () => {
      entry.waiting -= 1;
      if (entry.waiting === 0) {
        forget();
        entry.controller.abort(signal.reason);
      }
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    entry.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/**
 * Compiles the engine. From a URL the result is shared by all later calls with the same URL and
 * `fetch`; a failure is forgotten. Throws LoadError: `network`, `http-status`, or `wrong-file` with
 * a message such as "got HTML, expected wasm, at https://shop.example/storewise.wasm".
 */
export async function compileEngine(
  source: WasmSource = defaultWasm(),
  options: LoadOptions = {},
): Promise<CompiledEngine> {
  options.signal?.throwIfAborted();
  if (source instanceof WebAssembly.Module) return { module: source, url: '', bytes: null };
  if (source instanceof ArrayBuffer) return compileBytes(new Uint8Array(source), '');
  if (source instanceof Uint8Array) return compileBytes(source, '');
  if (source instanceof Response) {
    if (!source.ok) {
      throw new LoadError('http-status', `${source.url}: the server answered ${source.status}`, {
        file: source.url,
        expected: 'status 200',
        found: String(source.status),
      });
    }
    return compileResponse(source, source.url, options);
  }
  return sharedCompile(absoluteUrl(source), options);
}
