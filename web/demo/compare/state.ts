// The one state of the comparison page, and what a press of its button does.

import { words } from '../i18n/index.js';
import { beside, changed } from '../state/beside.js';
import { type engines, measure, newResult, type Result, type Step } from './measure.js';
import { compareWords } from './words.js';

export const shipped = ['recommender', 'classifier'] as const;
export type Choice = (typeof shipped)[number] | 'own';

/** gzip sizes of the engines' files in bytes, weighed by the build. */
export type Weights = { readonly [E in (typeof engines)[number]]: number };

class State {
  choice: Choice = 'recommender';
  file: File | null = null;
  openSize = 1;
  running: AbortController | null = null;
  result: Result | null = null;
  weights: Weights | null = null;
  step: Step | '' = '';
  done = 0;
  of = 0;
  message = '';
  dragging = false;
}

export const state = new State();

export const texts = () => ({
  c: compareWords(beside.settings.language),
  t: words(beside.settings.language),
  language: beside.settings.language,
});

/** Asks what the build weighed. */
export async function start(): Promise<void> {
  state.weights = await readWeights();
  changed();
}

export function takeFile(file: File | null | undefined): void {
  if (!file) return;
  state.file = file;
  state.choice = 'own';
  changed();
}

async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function readModel(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const { choice, file } = state;
  if (choice === 'own') return new Uint8Array(await (file ?? new Blob()).arrayBuffer());
  const base = new URL('shop/shop.json', document.baseURI);
  const manifest = JSON.parse(
    new TextDecoder().decode(await bytesOf(await fetch(base, { signal }))),
  ) as { readonly files: { readonly [role: string]: { readonly file: string } | undefined } };
  const name = manifest.files[choice]?.file ?? `${choice}.onnx`;
  return bytesOf(await fetch(new URL(name, base), { signal }));
}

async function readWeights(): Promise<Weights | null> {
  const response = await fetch(new URL('compare-sizes.json', document.baseURI)).catch(() => null);
  return response?.ok ? ((await response.json().catch(() => null)) as Weights | null) : null;
}

export function stop(): void {
  state.running?.abort();
}

export async function run(): Promise<void> {
  const { c } = texts();
  if (state.choice === 'own' && state.file === null) {
    state.message = c.ownNone;
    changed();
    return;
  }
  const running = new AbortController();
  const { signal } = running;
  const result = newResult();
  Object.assign(state, { running, result, message: '', step: 'model', done: 0, of: 0 });
  changed();
  try {
    await measure(() => readModel(signal), state.openSize, result, {
      signal,
      step(step, done = 0, of = 0) {
        Object.assign(state, { step, done, of });
        changed();
      },
    });
  } catch (error) {
    state.step = '';
    const why = error instanceof Error ? error.message : String(error);
    state.message = signal.aborted ? texts().c.stopped : texts().c.failed(why);
  } finally {
    state.running = null;
    changed();
  }
}
