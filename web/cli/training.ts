// Runs the trainer in a worker thread, so that progress is drawn and Ctrl-C works while it computes.
// The worker is this same bundle, started with a mark that main.ts looks for.
import { performance } from 'node:perf_hooks';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { onAbort } from './cleanup.js';
import { CliError, type CliErrorCode } from './errors.js';
import type { Progress } from './terminal.js';
import { type TrainingJob, type TrainingResult, train } from './trainer.js';

/** What `workerData` carries in a training worker. */
interface WorkerMark {
  storewise: 'train';
  job: TrainingJob;
}

type WorkerMessage =
  | { kind: 'progress'; phase: string; done: number; total: number }
  | { kind: 'done'; result: TrainingResult }
  | { kind: 'failed'; code: CliErrorCode; message: string };

const kProgressMilliseconds = 50;

/** Trains in a worker of its own; rejects with a CliError. The job's arrays are given away. */
export function trainInWorker(job: TrainingJob, progress: Progress): Promise<TrainingResult> {
  return new Promise((resolve, reject) => {
    const mark: WorkerMark = { storewise: 'train', job };
    const worker = new Worker(new URL(import.meta.url), {
      workerData: mark,
      transferList: buffersOf(job) as ArrayBuffer[],
    });
    const forget = onAbort(() => void worker.terminate());
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') {
        progress(message.phase, message.done, message.total);
        return;
      }
      forget();
      void worker.terminate();
      if (message.kind === 'done') resolve(message.result);
      else reject(new CliError(message.code, message.message));
    });
    worker.on('error', (error: unknown) => {
      forget();
      const why = error instanceof Error ? error.message : String(error);
      reject(new CliError('internal', `the trainer stopped: ${why}`, {}, error));
    });
    worker.on('exit', (code) => {
      forget();
      reject(new CliError('internal', `the trainer ended early with code ${code}`));
    });
  });
}

function buffersOf(job: TrainingJob): ArrayBufferLike[] {
  switch (job.kind) {
    case 'recommender':
      return [job.session.buffer, job.item.buffer, job.time.buffer];
    case 'classifier':
      return [job.labels.buffer];
    case 'customers':
      return [
        job.customer.buffer,
        job.order.buffer,
        job.item.buffer,
        job.quantity.buffer,
        job.price.buffer,
        job.time.buffer,
      ];
    case 'table':
    case 'network':
    case 'uplift':
    case 'intents':
      return [job.cells.buffer];
  }
}

/** In a worker that trainInWorker started: does the work and answers true; otherwise false. */
export function trainIfWorker(): boolean {
  const mark = workerData as Partial<WorkerMark> | null;
  const port = parentPort;
  if (port === null || mark?.storewise !== 'train' || mark.job === undefined) return false;
  const post = (message: WorkerMessage, transfer: ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  let last = Number.NEGATIVE_INFINITY;
  train(mark.job, (phase, done, total) => {
    const now = performance.now();
    if (now - last < kProgressMilliseconds && done < total) return;
    last = now;
    post({ kind: 'progress', phase, done, total });
  }).then(
    (result) => post({ kind: 'done', result }, [result.model.buffer]),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      post({ kind: 'failed', code: error instanceof CliError ? error.code : 'internal', message });
    },
  );
  return true;
}

// ---------------------------------------------------------------------------------------------
// The trainer's reports, as far as the command line reads them.

export interface Ranking {
  recall: number;
  mrr: number;
}

export interface RecommenderMetrics extends Ranking {
  k: number;
  queries: number;
  unknown_targets: number;
  sessions: number;
  protocol: 'last' | 'next';
  float: Ranking;
  popularity: Ranking;
  cooccurrence: Ranking;
  own_items: Ranking;
}

export interface RecommenderReport {
  items: number;
  sessions: number;
  events: number;
  ordered: boolean;
  tuned: boolean;
  settings: Record<string, number>;
  /** null when too few sessions are there to hold some out. */
  metrics: RecommenderMetrics | null;
  dropped: { items: number; events: number; sessions: number };
  bytes: number;
}

export interface Confusion {
  label: string;
  predicted: string;
  count: number;
}

export interface ClassifierReport {
  classes: number;
  examples: number;
  /** null without cross-validation. */
  metrics: {
    accuracy: number;
    accuracy_in_scope: number;
    rejected_in_scope: number;
    out_of_scope_recall: number | null;
  } | null;
  threshold: number;
  temperature: number;
  confusions?: Confusion[];
  bytes: number;
}

export interface TrainedModel<Report> {
  model: Uint8Array<ArrayBuffer>;
  report: Report;
}

export interface RecommenderOptions {
  items: readonly string[];
  tune: 'off' | 'on';
  minCount?: number | undefined;
  neighbours?: number | undefined;
  seed: number;
  licence?: string | undefined;
  /** Copied into the model's metadata. */
  data: object;
}

/** Trains on events; their arrays stay the caller's. */
export async function trainRecommender(
  events: { session: Int32Array; item: Int32Array; time: Float64Array },
  options: RecommenderOptions,
  progress: Progress,
): Promise<TrainedModel<RecommenderReport>> {
  const { items, tune, minCount, neighbours, seed, licence, data } = options;
  const { model, report } = await trainInWorker(
    {
      kind: 'recommender',
      options: {
        items,
        tune,
        seed,
        data,
        ...(minCount === undefined ? {} : { min_count: minCount }),
        ...(neighbours === undefined ? {} : { neighbours }),
        ...(licence === undefined ? {} : { licence }),
      },
      session: events.session.slice(),
      item: events.item.slice(),
      time: events.time.slice(),
    },
    progress,
  );
  return { model, report: report as RecommenderReport };
}

export interface ClassifierOptions {
  labels: readonly string[];
  seed: number;
  /** Folds; 0 for none. */
  crossValidation: number;
  /** The share of messages out of scope that the model will meet; as in the examples unless given. */
  outOfScopeShare?: number | undefined;
  licence?: string | undefined;
}

export async function trainClassifier(
  examples: { texts: readonly string[]; labels: readonly number[] },
  options: ClassifierOptions,
  progress: Progress,
): Promise<TrainedModel<ClassifierReport>> {
  const { labels, seed, crossValidation, outOfScopeShare = 0, licence } = options;
  const { model, report } = await trainInWorker(
    {
      kind: 'classifier',
      options: {
        labels,
        seed,
        cross_validation: crossValidation,
        out_of_scope_share: outOfScopeShare,
        ...(licence === undefined ? {} : { licence }),
      },
      texts: examples.texts,
      labels: Int32Array.from(examples.labels),
    },
    progress,
  );
  return { model, report: report as ClassifierReport };
}

// ---------------------------------------------------------------------------------------------
// Models of tables.

export type TableKind = 'tree' | 'forest' | 'boosted' | 'svm' | 'linear' | 'logistic' | 'mlp';
export type NetworkKind = 'cnn' | 'lstm';

/** By the name of the figure; null where the rows cannot tell it. */
export type Metrics = Record<string, number | null>;

export interface ColumnReport {
  name: string;
  kind: 'number' | 'boolean' | 'date' | 'category' | 'text' | 'pixels';
  used: boolean;
  /** Why it is not used. */
  reason: string;
  warning: string;
  missing: number;
  distinct: number;
  least?: number;
  most?: number;
  encoding?: string;
  features?: number;
  levels?: string[];
}

export interface TreeNodeReport {
  feature?: string;
  column?: string;
  part?: string;
  threshold?: number;
  yes?: number;
  no?: number;
  rows: number;
  value: number[];
  /** Drawn as a leaf, but goes on. */
  cut: boolean;
}

export interface TableExample {
  row: number;
  /** In the CSV. */
  line?: number;
  truth: string | number;
  label?: string;
  probabilities?: number[];
  value?: number;
}

export interface DependencePoint {
  /** A number, what a level is called, or null for a missing cell. */
  at: number | string | null;
  /** Of the rows learnt from; 0 at a number. */
  share: number;
  /** One for each of the answers, as the following are. */
  mean: number[];
  p10: number[];
  p25: number[];
  p75: number[];
  p90: number[];
}

/** How the answers follow a column while all else stays as it is. */
export interface DependenceReport {
  /** Classes (of two the second alone), or the target. */
  answers: string[];
  /** Of the sample that was asked about. */
  rows: number;
  columns: {
    column: string;
    kind: 'number' | 'boolean' | 'category';
    points: DependencePoint[];
    deciles?: number[];
  }[];
}

/** How the training of a network went. */
export interface EpochReport {
  training_loss: number | null;
  /** null where no rows were held out, as the next. */
  validation_loss: number | null;
  /** Accuracy, or R2. */
  validation: number | null;
}

export interface TableReport {
  kind: TableKind | NetworkKind;
  task: 'classify' | 'regress';
  target: string;
  rows: number;
  columns: ColumnReport[];
  features: number;
  split: {
    kind: 'stratified' | 'shuffle-numpy' | 'time' | 'file';
    seed: number;
    training: number;
    test: number;
    test_share?: number;
    column?: string;
    first_tested?: number;
  };
  settings: Record<string, string | number | boolean | null>;
  metrics: Metrics;
  intervals: Record<string, [number | null, number | null]>;
  baseline: { says: string | number; metrics: Metrics };
  importance: { column: string; fall: number }[];
  importance_figure: 'auc' | 'accuracy' | 'r2';
  dependence: DependenceReport;
  cross_validation: {
    folds: number;
    metrics: Record<string, { mean: number | null; deviation: number | null }>;
  } | null;
  weights: { feature: string; weight: number }[];
  examples: TableExample[];
  warnings: string[];
  bytes: number;
  labels?: string[];
  /** [truth][predicted] */
  confusion?: number[][];
  roc?: { label: string; auc: number | null; points: [number, number][] }[];
  calibration?: { error: number; bins: { rows: number; claimed: number; share: number }[] };
  tree?: TreeNodeReport[];
  /** Of networks, by epoch. */
  curve?: EpochReport[];
}

export interface TableOptions {
  kind: TableKind;
  classes: boolean;
  /** Names, kinds and levels; the cells come apart. */
  columns: readonly { name: string; kind: string; levels?: readonly string[] }[];
  target: number;
  /** As wasm/train.h lists them. */
  settings: Record<string, unknown>;
}

/** Trains on cells [columns][rows], which are given away. */
export async function trainTable(
  cells: Float64Array,
  rows: number,
  options: TableOptions,
  progress: Progress,
): Promise<TrainedModel<TableReport>> {
  const { settings, ...rest } = options;
  const { model, report } = await trainInWorker(
    { kind: 'table', options: { ...rest, ...settings }, cells, rows },
    progress,
  );
  return { model, report: report as TableReport };
}

export interface NetworkOptions extends Omit<TableOptions, 'kind'> {
  kind: NetworkKind;
}

/** Trains on pictures, or on texts, each of words with a space between. */
export async function trainNetwork(
  cells: Float64Array,
  rows: number,
  texts: readonly string[] | undefined,
  options: NetworkOptions,
  progress: Progress,
): Promise<TrainedModel<TableReport>> {
  const { settings, ...rest } = options;
  const { model, report } = await trainInWorker(
    { kind: 'network', options: { ...rest, ...settings }, cells, rows, texts },
    progress,
  );
  return { model, report: report as TableReport };
}
