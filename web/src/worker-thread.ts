// The worker's side of `storewise/worker`: shops, visits and models that live in the worker, and the
// calls to them. One message is one call; replies may come in another order.

import { loadModel, loadShop, type Model, type Shop, type Visit } from './index.js';
import { kModelMethods, kShopMethods, kVisitMethods } from './worker-methods.js';

/** The page's end of the line: a MessagePort, or a worker's own scope. */
export interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  /** Of a MessagePort: it waits until somebody listens. */
  start?(): void;
}

/** @internal A call of the page; `object` 0 is the thread itself. */
export interface Call {
  readonly id: number;
  readonly object: number;
  readonly method: string;
  readonly arguments: readonly unknown[];
  /** For calls that load: whether progress is wanted. */
  readonly progress?: boolean;
}

/** @internal The page lost interest in call `id`. */
export interface Abort {
  readonly abort: number;
  readonly reason: unknown;
}

/** @internal An error of the package, or any other with the kind ''. */
export interface CarriedError {
  readonly kind: string;
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly place: string;
  readonly expected: string;
  readonly found: string;
}

/** @internal The answer to call `id`. */
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: CarriedError }
  | { readonly id: number; readonly progress: unknown };

// What a page may call, by the kind of object; everything else is refused.
const kMethods = {
  shop: [...kShopMethods, 'reload', 'visit', 'dispose'],
  visit: [
    ...kVisitMethods,
    'view',
    'addToCart',
    'removeFromCart',
    'purchase',
    'offers',
    'page',
    'predict',
    'restore',
    'erase',
    'dispose',
  ],
  model: [...kModelMethods, 'reload', 'dispose'],
} as const;

type Kept = { readonly [method: string]: (...args: unknown[]) => unknown };

const kKinds = ['LoadError', 'ModelError', 'InputError', 'StateError'];

function carried(error: unknown): CarriedError {
  const text = (key: string) => String((error as { [key: string]: unknown } | null)?.[key] ?? '');
  const name = text('name');
  return {
    kind: kKinds.includes(name) ? name : '',
    name,
    code: text('code'),
    message: text('message') || String(error),
    file: text('file'),
    place: text('place'),
    expected: text('expected'),
    found: text('found'),
  };
}

function aboutShop(shop: Shop): object {
  const { name, currency, languages, catalogue, faq } = shop;
  return { name, currency, languages, catalogue: catalogue.file, faq: faq.file };
}

function aboutModel(model: Model): object {
  const { backend, backendReason, description } = model;
  return { backend, backendReason, description };
}

// The outputs of a model are its caller's own: their memory moves over instead of being copied.
function buffersOf(outputs: unknown): Transferable[] {
  const buffers = new Set<ArrayBuffer>();
  for (const tensor of Object.values(outputs as { [name: string]: { data?: unknown } })) {
    const data = tensor.data;
    if (ArrayBuffer.isView(data)) buffers.add(data.buffer as ArrayBuffer);
  }
  return [...buffers];
}

/** Serves calls that arrive at `port`, for as long as it lives. */
export function serve(port: Port): void {
  const objects = new Map<number, { kind: keyof typeof kMethods; it: unknown }>();
  const loading = new Map<number, AbortController>();
  let last = 0;

  const keep = (kind: keyof typeof kMethods, it: unknown): number => {
    last += 1;
    objects.set(last, { kind, it });
    return last;
  };

  const load = async (call: Call): Promise<unknown> => {
    const [source, options = {}] = call.arguments as [never, object?];
    const controller = new AbortController();
    loading.set(call.id, controller);
    try {
      const all = {
        ...options,
        signal: controller.signal,
        onProgress: call.progress
          ? (progress: unknown) => port.postMessage({ id: call.id, progress } satisfies Reply)
          : undefined,
      };
      if (call.method === 'loadShop') {
        const shop = await loadShop(source, all);
        return { object: keep('shop', shop), ...aboutShop(shop) };
      }
      const model = (await loadModel(source, all)) as Model;
      return { object: keep('model', model), ...aboutModel(model) };
    } finally {
      loading.delete(call.id);
    }
  };

  const answer = async (call: Call): Promise<readonly [unknown, Transferable[]?]> => {
    if (call.object === 0) return [await load(call)];
    const entry = objects.get(call.object);
    const methods: readonly string[] = entry === undefined ? [] : kMethods[entry.kind];
    if (entry === undefined || !methods.includes(call.method)) {
      throw new TypeError(`no object ${call.object} with a method ${call.method}`);
    }
    const { kind, it } = entry;
    if (call.method === 'visit') {
      const visit: Visit = (it as Shop).visit(...(call.arguments as []));
      return [keep('visit', visit)];
    }
    const value = await (it as Kept)[call.method]?.(...call.arguments);
    if (call.method === 'dispose') objects.delete(call.object);
    if (call.method === 'reload') {
      return [kind === 'shop' ? aboutShop(it as Shop) : aboutModel(it as Model)];
    }
    return call.method === 'run' ? [value, buffersOf(value)] : [value];
  };

  port.addEventListener('message', async ({ data }: MessageEvent<Call | Abort>) => {
    if ('abort' in data) {
      loading.get(data.abort)?.abort(data.reason);
      return;
    }
    try {
      const [value, transfer] = await answer(data);
      port.postMessage({ id: data.id, value } satisfies Reply, transfer);
    } catch (error) {
      port.postMessage({ id: data.id, error: carried(error) } satisfies Reply);
    }
  });
  port.start?.();
}

// In a worker of its own this file serves the page that made it.
if (typeof (globalThis as { WorkerGlobalScope?: unknown }).WorkerGlobalScope === 'function') {
  serve(globalThis as unknown as Port);
}
