// Judges a model on data it has not seen, by running the shipped engine on it.
//
// Recommender: protocol "last" asks once a session (given all but the last item, where does the last
// rank?), "next" at every step. All items are ranked, none is sampled. A target that the model does
// not know cannot be ranked: such queries are counted apart, and `recall_all` and `mrr_all` count
// them as misses. For a model of baskets (no order within a session) repeats within a session are
// dropped and the given items are left out of the ranking, as in training.
//
// Classifier: a label that the model does not have counts as out of scope.
import { performance } from 'node:perf_hooks';
import { groupBy } from './columns.js';
import type { OpenModel } from './engine.js';
import { CliError } from './errors.js';
import type { Events } from './events.js';
import type { Examples } from './examples.js';
import type { Progress } from './terminal.js';

export type Protocol = 'last' | 'next';

export interface RecommenderEvaluation {
  k: number;
  /** Share of queries whose target is among the first k. */
  recall: number;
  /** Mean of 1 / rank, 0 beyond k. */
  mrr: number;
  /** Queries with a target that the model knows. */
  queries: number;
  model_bytes: number;
  ms_p50: number;
  ms_p95: number;
  protocol: Protocol;
  sessions: number;
  /** Queries left out because the model does not know their target. */
  unknown_targets: number;
  /** With unknown targets as misses. */
  recall_all: number;
  mrr_all: number;
  /** Queries of which the model knew no given item: answered by popularity. */
  cold_queries: number;
  /** Whether the given items were left out of the ranking. */
  excludes_given: boolean;
  /** The session's own items, the newest first, as a ranking. */
  own_items: { recall: number; mrr: number };
  /** Only queries whose target is not among the given items. */
  new_items: { queries: number; recall: number; mrr: number };
}

/** More given events than this change nothing: the engine looks at the last 20 distinct items. */
const kMostGiven = 1000;

export function evaluateRecommender(
  model: OpenModel,
  events: Events,
  protocol: Protocol,
  k: number,
  file: string,
  progress: Progress,
): RecommenderEvaluation {
  const metadata = model.metadata('recommender', file);
  const known = new Set(metadata['items'] as string[]);
  const session = metadata['session'] as { ordered?: boolean } | undefined;
  const isBasket = session?.ordered === false;
  const all = new Tally(k);
  const fresh = new Tally(k);
  const own = new Tally(k);
  const milliseconds: number[] = [];
  let sessions = 0;
  let unknown = 0;
  let cold = 0;

  const ask = (given: readonly string[], target: string): void => {
    if (!known.has(target)) {
      ++unknown;
      return;
    }
    const usable = given.slice(-kMostGiven).filter((item) => known.has(item));
    if (usable.length === 0) ++cold;
    const seen = new Set(given);
    const limit = isBasket ? k + seen.size : k;
    const start = performance.now();
    const ranked = model.rank(usable, limit);
    milliseconds.push(performance.now() - start);
    const ids = ranked.map(({ id }) => id);
    const rank = (isBasket ? ids.filter((id) => !seen.has(id)) : ids).indexOf(target);
    all.add(rank);
    if (!seen.has(target)) fresh.add(rank);
    own.add([...new Set([...given].reverse())].indexOf(target));
  };

  for (const [index, items] of sessionsInOrder(events)) {
    progress('asking the model', index, events.sessionCount);
    const sequence = isBasket ? [...new Set(items)] : items;
    if (sequence.length < 2) continue;
    ++sessions;
    const first = protocol === 'last' ? sequence.length - 1 : 1;
    for (let at = first; at < sequence.length; ++at) {
      ask(sequence.slice(0, at), sequence[at] as string);
    }
  }
  if (all.count === 0) {
    throw new CliError('invalid-input', 'there is nothing to ask the model', {
      file: events.facts.file,
      expected: 'sessions of two items or more, with items that the model knows',
      found: `${events.sessionCount} sessions, ${unknown} targets that the model does not know`,
    });
  }
  const share = all.count / (all.count + unknown);
  return {
    k,
    recall: all.recall,
    mrr: all.mrr,
    queries: all.count,
    model_bytes: model.bytes,
    ms_p50: percentile(milliseconds, 0.5),
    ms_p95: percentile(milliseconds, 0.95),
    protocol,
    sessions,
    unknown_targets: unknown,
    recall_all: all.recall * share,
    mrr_all: all.mrr * share,
    cold_queries: cold,
    excludes_given: isBasket,
    own_items: { recall: own.recall, mrr: own.mrr },
    new_items: { queries: fresh.count, recall: fresh.recall, mrr: fresh.mrr },
  };
}

class Tally {
  count = 0;
  private hits_ = 0;
  private reciprocal_ = 0;

  constructor(private readonly k_: number) {}

  /** `rank` from 0, -1 for not found. */
  add(rank: number): void {
    ++this.count;
    if (rank < 0 || rank >= this.k_) return;
    ++this.hits_;
    this.reciprocal_ += 1 / (rank + 1);
  }

  get recall(): number {
    return this.count === 0 ? 0 : this.hits_ / this.count;
  }

  get mrr(): number {
    return this.count === 0 ? 0 : this.reciprocal_ / this.count;
  }
}

/** Each session's items by time, equal times in file order. */
function* sessionsInOrder(events: Events): Generator<[number, string[]]> {
  const { session, item, time, items } = events;
  const groups = groupBy(session, events.sessionCount);
  for (let g = 0; g < events.sessionCount; ++g) {
    const mine = Array.from(groups.order.subarray(groups.starts[g], groups.starts[g + 1]));
    mine.sort((a, b) => (time[a] as number) - (time[b] as number) || a - b);
    yield [g, mine.map((at) => items[item[at] as number] as string)];
  }
}

export interface ClassifierEvaluation {
  /** In-scope lines right, the threshold ignored; null without in-scope lines. */
  accuracy: number | null;
  /** In-scope lines right and not rejected. */
  accuracy_in_scope: number | null;
  /** Out-of-scope lines rejected; null without any. */
  out_of_scope_recall: number | null;
  /** All lines right: in scope answered rightly, out of scope rejected. */
  accuracy_total: number;
  examples: number;
  model_bytes: number;
  ms_p50: number;
  ms_p95: number;
  in_scope: number;
  out_of_scope: number;
  /** In-scope lines that the threshold rejects; null without in-scope lines. */
  rejected_in_scope: number | null;
  threshold: number;
}

export function evaluateClassifier(
  model: OpenModel,
  examples: Examples,
  file: string,
  progress: Progress,
): ClassifierEvaluation {
  const metadata = model.metadata('classifier', file);
  const labels = new Set(metadata['labels'] as string[]);
  const milliseconds: number[] = [];
  let inScope = 0;
  let right = 0;
  let rightAndKept = 0;
  let rejected = 0;
  let rejectedInScope = 0;
  let threshold = Number(metadata['threshold'] ?? 0);
  for (const [i, text] of examples.texts.entries()) {
    progress('asking the model', i, examples.texts.length);
    const number = examples.labels[i] as number;
    const label = number < 0 ? undefined : examples.names[number];
    const start = performance.now();
    const answer = model.classify(text, 1);
    milliseconds.push(performance.now() - start);
    threshold = answer.threshold;
    if (label === undefined || !labels.has(label)) {
      if (!answer.in_scope) ++rejected;
      continue;
    }
    ++inScope;
    if (!answer.in_scope) ++rejectedInScope;
    if (answer.ranked[0]?.label !== label) continue;
    ++right;
    if (answer.in_scope) ++rightAndKept;
  }
  const count = examples.texts.length;
  const outOfScope = count - inScope;
  return {
    accuracy: inScope === 0 ? null : right / inScope,
    accuracy_in_scope: inScope === 0 ? null : rightAndKept / inScope,
    out_of_scope_recall: outOfScope === 0 ? null : rejected / outOfScope,
    accuracy_total: (rightAndKept + rejected) / count,
    examples: count,
    model_bytes: model.bytes,
    ms_p50: percentile(milliseconds, 0.5),
    ms_p95: percentile(milliseconds, 0.95),
    in_scope: inScope,
    out_of_scope: outOfScope,
    rejected_in_scope: inScope === 0 ? null : rejectedInScope / inScope,
    threshold,
  };
}

/** Nearest-rank percentile, to a ten-thousandth of a millisecond. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return Math.round(value * 1e4) / 1e4;
}
