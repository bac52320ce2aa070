// The one state of "Models to try": the row that the visitor sets, the models, and what each says.

import { loadModel, type Model, type Row, type TableExplanation, type TreeNode } from 'storewise';
import { words } from '../i18n/index.js';
import { beside, changed } from '../state/beside.js';
import type { Column } from './way.js';
import { behaviourWords } from './words.js';

export const families = [
  'tree',
  'forest',
  'boosted',
  'svm',
  'linear-svm',
  'logistic',
  'linear',
] as const;
export type Family = (typeof families)[number];

/** What is asked, and so which columns there are: of a visit, or of a customer. */
export type Question = 'buys' | 'spends';

export const questionOf = (family: Family): Question => (family === 'linear' ? 'spends' : 'buys');

export type Cells = { readonly [column: string]: string | number | boolean };

/** Rows to start from; the figures of the models' cards. */
export const examples: Readonly<Record<Question, readonly Cells[]>> = {
  buys: [
    {
      Administrative: 0,
      Administrative_Duration: 0,
      Informational: 0,
      Informational_Duration: 0,
      ProductRelated: 12,
      ProductRelated_Duration: 300,
      BounceRates: 0.02,
      ExitRates: 0.05,
      PageValues: 0,
      SpecialDay: 0,
      Month: 5,
      VisitorType: 'Returning_Visitor',
      Weekend: false,
    },
    {
      Administrative: 3,
      Administrative_Duration: 80,
      Informational: 0,
      Informational_Duration: 0,
      ProductRelated: 35,
      ProductRelated_Duration: 1400,
      BounceRates: 0,
      ExitRates: 0.01,
      PageValues: 42,
      SpecialDay: 0,
      Month: 11,
      VisitorType: 'New_Visitor',
      Weekend: true,
    },
    {
      Administrative: 5,
      Administrative_Duration: 150,
      Informational: 1,
      Informational_Duration: 20,
      ProductRelated: 60,
      ProductRelated_Duration: 2500,
      BounceRates: 0.005,
      ExitRates: 0.02,
      PageValues: 7,
      SpecialDay: 0,
      Month: 12,
      VisitorType: 'Returning_Visitor',
      Weekend: false,
    },
  ],
  spends: [
    {
      orders: 1,
      days_since_last_order: 120,
      days_since_first_order: 120,
      spent: 180,
      spent_last_90_days: 0,
      orders_last_90_days: 0,
      mean_order: 180,
    },
    {
      orders: 6,
      days_since_last_order: 14,
      days_since_first_order: 170,
      spent: 2100,
      spent_last_90_days: 1050,
      orders_last_90_days: 3,
      mean_order: 350,
    },
    {
      orders: 20,
      days_since_last_order: 5,
      days_since_first_order: 190,
      spent: 24000,
      spent_last_90_days: 13000,
      orders_last_90_days: 10,
      mean_order: 1200,
    },
  ],
};

/** What a shipped model says of itself, as far as this page shows it. */
export interface Metadata {
  readonly columns: readonly Column[];
  readonly labels?: readonly string[];
  readonly metrics: { readonly [metric: string]: number };
  readonly intervals: { readonly [metric: string]: readonly [number, number] };
  readonly baseline: { readonly metrics: { readonly [metric: string]: number } };
  readonly split: { readonly training: number; readonly test: number };
  readonly licence: string;
}

export interface Loaded {
  readonly model: Model;
  readonly metadata: Metadata;
  readonly bytes: number;
  /** The root of a decision tree. */
  readonly tree: TreeNode | null;
}

/** What one model says of the row. */
export interface Answer {
  /** The chance of a purchase, or the amount. */
  readonly value: number;
  /** Only of the model that is shown. */
  readonly explanation: TableExplanation | null;
  readonly predictMilliseconds: number;
  readonly explainMilliseconds: number;
}

/** The class that is explained: a purchase. */
export const kBought = 'TRUE';

class State {
  family: Family = 'tree';
  cells: Readonly<Record<Question, Cells>> = {
    buys: examples.buys[1] ?? {},
    spends: examples.spends[1] ?? {},
  };
  readonly models = new Map<Family, Loaded>();
  readonly errors = new Map<Family, string>();
  readonly answers = new Map<Family, Answer>();
  /** 'all' once every model is there or has failed. */
  loaded: 'some' | 'all' = 'some';
}

export const state = new State();

export const texts = () => ({
  t: words(beside.settings.language),
  b: behaviourWords(beside.settings.language),
  language: beside.settings.language,
});

export const fileOf = (family: Family) => `./models/${family}/model.onnx`;
export const cardOf = (family: Family) => `./models/${family}/card.md`;

const loading = new Map<Family, Promise<void>>();

function load(family: Family): Promise<void> {
  const started = loading.get(family) ?? fetchModel(family);
  loading.set(family, started);
  return started;
}

async function fetchModel(family: Family): Promise<void> {
  state.errors.delete(family);
  try {
    const response = await fetch(new URL(fileOf(family), document.baseURI));
    if (!response.ok) throw new Error(`${fileOf(family)}: ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const model = await loadModel(bytes, { name: family });
    const metadata = model.metadata as unknown as Metadata;
    const tree = family === 'tree' ? ((await model.trees()).trees[0] ?? null) : null;
    state.models.set(family, { model, metadata, bytes: bytes.byteLength, tree });
  } catch (error) {
    loading.delete(family); // it may be tried again
    state.errors.set(family, error instanceof Error ? error.message : String(error));
  }
}

/** The cells that a model takes, in its own kinds. */
export function rowFor({ columns }: Metadata, cells: Cells): Row {
  return Object.fromEntries(
    columns.map(({ name, kind }) => {
      const cell = cells[name];
      return [name, kind === 'category' && cell !== undefined ? String(cell) : (cell ?? null)];
    }),
  );
}

// The browser's clock is coarse: as many calls as fill this, at most so many.
const kSampleMilliseconds = 2;
const kMostCalls = 64;

async function answer(family: Family): Promise<void> {
  const loaded = state.models.get(family);
  if (loaded === undefined) return;
  const { model, metadata } = loaded;
  const row = rowFor(metadata, state.cells[questionOf(family)]);
  const shown = family === state.family;
  let prediction = await model.predict(row);
  let calls = 0;
  const started = performance.now();
  let took = 0;
  if (shown) {
    do {
      prediction = await model.predict(row);
      took = performance.now() - started;
    } while (++calls < kMostCalls && took < kSampleMilliseconds);
  }
  const before = performance.now();
  const label = metadata.labels?.includes(kBought) ? kBought : undefined;
  const explanation = shown ? await model.explain(row, { label }) : null;
  const chance = prediction.probabilities.find((one) => one.label === kBought)?.probability;
  state.answers.set(family, {
    value: prediction.value ?? chance ?? Number.NaN,
    explanation,
    predictMilliseconds: calls === 0 ? 0 : took / calls,
    explainMilliseconds: performance.now() - before,
  });
}

let asking = false;
let askAgain = false;

/** Asks the model that is shown, then the others; a change meanwhile starts it again. */
async function ask(): Promise<void> {
  askAgain = true;
  if (asking) return;
  asking = true;
  try {
    while (askAgain) {
      askAgain = false;
      const { family } = state;
      await answer(family);
      changed();
      for (const other of families) {
        if (askAgain) break;
        if (other !== family && questionOf(other) === questionOf(family)) await answer(other);
      }
      changed();
      // The page draws and takes the next movement of a slider.
      await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    asking = false;
  }
}

/** Shows another model, or tries again to load the one that is shown. */
export async function show(family: Family): Promise<void> {
  state.family = family;
  history.replaceState(history.state, '', `#${family}`);
  changed();
  await load(family);
  changed();
  await ask();
}

/** Sets cells of the row. */
export function setCells(cells: Cells): void {
  const question = questionOf(state.family);
  state.cells = { ...state.cells, [question]: { ...state.cells[question], ...cells } };
  changed();
  void ask();
}

/** Loads the first model, shows it, then the others one by one. */
export async function start(): Promise<void> {
  await show(families.find((family) => location.hash === `#${family}`) ?? 'tree');
  for (const family of families) {
    if (state.models.has(family)) continue;
    await load(family);
    await answer(family);
    changed();
  }
  state.loaded = 'all';
  changed();
}
