// Models that `storewise train tree|forest|boosted|svm|linear|logistic|mlp|uplift` made, by the names of
// their columns: rows in, predictions and reasons out. Loaded when it is first asked for.
//
// Reasons are exact Shapley values for trees and w (x - mean) for linear models, both from the
// engine. For others (support vector machines) they are Shapley values against one reference row,
// averaged over as many orders of the columns as there are columns, forwards and backwards
// (Castro, Gómez and Tejada 2009); all of them sum to the score.

import type { Explained } from './engine.js';
import type { StorewiseError } from './errors.js';
import type { LoadOptions } from './fetching.js';
import type { ModelInputs, ModelOutputs } from './model.js';
import type { ModelHost } from './model-host.js';
import { type RawNode, readTrees } from './trees.js';

/** A cell: a number, a category, true or false, a date; null or undefined where it is missing. */
export type Cell = string | number | boolean | Date | null | undefined;

/** One row by the names of its columns. */
export type Row = { readonly [column: string]: Cell };

/** What a table model says of a row. */
export interface TablePrediction {
  /** The likeliest class; null for a model of numbers. */
  readonly label: string | null;
  /** By class, the likeliest first; empty for a model of numbers. */
  readonly probabilities: readonly { readonly label: string; readonly probability: number }[];
  /** The number; null for a model of classes. Of an uplift model the largest of `uplifts`. */
  readonly value: number | null;
  /**
   * Of an uplift model, by how much each treatment changes the target, the largest change first;
   * empty for other models.
   */
  readonly uplifts: readonly { readonly treatment: string; readonly uplift: number }[];
}

/** What one column did to the score. */
export interface Contribution {
  readonly column: string;
  /** The row's own cell, in words. */
  readonly value: string;
  /** In the units of the scale; above 0 it speaks for what is explained. */
  readonly contribution: number;
  /** The same in a sentence. */
  readonly text: string;
}

/** One column's part of the way through a single tree. */
export interface PathStep {
  readonly column: string;
  /** Of a number: above this, or null. */
  readonly above: number | null;
  /** Of a number: at most this, or null. */
  readonly atMost: number | null;
  /** In words: "PageValues > 3.1", "colour is red". */
  readonly text: string;
}

/** The smallest change of one column that makes another class the likeliest. */
export interface Counterfactual {
  readonly column: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly text: string;
}

/** Why a table model says what it says of a row. */
export interface TableExplanation extends TablePrediction {
  /** The class, or the treatment, that is explained; null for a model of numbers. */
  readonly explains: string | null;
  /**
   * What base, score and contributions are counted in. A linear support vector machine's 'margin' is
   * the distance from the border between the classes: above 0 on the side of what is explained.
   */
  readonly scale: 'probability' | 'log-odds' | 'margin' | 'number';
  /** The score of an average row. */
  readonly base: number;
  /** base + the sum of all contributions. */
  readonly score: number;
  /** How the contributions were found. */
  readonly method: 'tree-shap' | 'linear' | 'sampled';
  /** Of every column, the weightiest first. */
  readonly contributions: readonly Contribution[];
  /** For a single tree; empty for others. */
  readonly path: readonly PathStep[];
  readonly counterfactual: Counterfactual | null;
  /** All of it in one sentence. */
  readonly text: string;
}

/** Options of `explain`. */
export interface ExplainOptions {
  /** The class to explain, the likeliest by default; or the treatment, the best by default. */
  readonly label?: string | undefined;
  /** Language of the sentences: 'en' (the default) or 'zh'. */
  readonly language?: string | undefined;
  /** False leaves the counterfactual out, which takes most of the time. */
  readonly counterfactual?: boolean | undefined;
}

/** Options of `trees`. */
export interface TreesOptions extends LoadOptions {
  /** Language of the questions: 'en' (the default) or 'zh'. */
  readonly language?: string | undefined;
}

/** A question of a tree. */
export interface TreeQuestion {
  readonly kind: 'question';
  readonly column: string;
  /** What is asked about: the column, or what is made of it: "source = search", "day weekday". */
  readonly feature: string;
  /** Of a level of a category: 1 where the row has it, so the threshold lies between 0 and 1. */
  readonly threshold: number;
  /** Where a row goes whose feature is at most the threshold, and where others go. */
  readonly atMost: TreeNode;
  readonly above: TreeNode;
  /** Both ways in words: "pages ≤ 12", "source is not search". */
  readonly atMostText: string;
  readonly aboveText: string;
  /**
   * Weight of the training rows that came by: their number, unless rows had weights; of boosted trees
   * how much they still had to say (the sum of the second derivatives of the loss).
   */
  readonly cover: number;
}

/** An answer of a tree. */
export interface TreeLeaf {
  readonly kind: 'leaf';
  /** In the order of `Trees.of`; one number where that is empty. */
  readonly values: readonly number[];
  readonly cover: number;
}

export type TreeNode = TreeQuestion | TreeLeaf;

/** A model of trees, taken apart. */
export interface Trees {
  /**
   * 'mean': each leaf is a whole answer (a probability of each class, or a number), and the model's
   * answer is the mean of all trees'. 'sum': each leaf is added to `base`, on the scale 'log-odds' or
   * 'number' (boosted trees).
   */
  readonly combine: 'mean' | 'sum';
  readonly scale: 'probability' | 'log-odds' | 'number';
  /** The classes that the values are of; of two classes' log-odds the second alone; empty for a number. */
  readonly of: readonly string[];
  /** What a sum starts with, as many as a leaf's values; zeros for a mean. */
  readonly base: readonly number[];
  /** The roots. A single leaf, which asks nothing, is counted into `base` of a sum. */
  readonly trees: readonly TreeNode[];
}

/** @internal What this module needs of the model. */
export interface TableHost extends ModelHost {
  run(inputs: ModelInputs): ModelOutputs;
  /** Throws `unsupported` for a model that the engine can't take apart. */
  explain(inputs: ModelInputs, score: number): Explained;
}

interface Column {
  readonly name: string;
  readonly input: string;
  readonly kind: 'number' | 'boolean' | 'date' | 'category';
  readonly least?: number;
  readonly most?: number;
  readonly fill?: number;
  readonly whole?: boolean;
  readonly levels?: readonly string[];
  /** What an ordinary row has; files of earlier versions do not tell. */
  readonly usual?: string | number | null;
}

interface Feature {
  readonly name: string;
  readonly column: string;
  readonly part: string;
  readonly mean?: number;
}

interface TableDocument {
  readonly kind: string;
  readonly task: 'classify' | 'regress';
  readonly target: string;
  readonly columns: readonly Column[];
  readonly features: readonly Feature[];
  readonly labels?: readonly string[];
  /** Of an uplift model, its treatments. */
  readonly arms?: readonly string[];
}

const kKinds = ['tree', 'forest', 'boosted', 'svm', 'linear', 'logistic', 'mlp', 'uplift'];
const kDay = 86_400_000;
// Numbers tried for each column, and halvings of the step that made the difference.
const kTried = 64;
const kHalvings = 20;

function documentOf(host: TableHost): TableDocument {
  const document = host.metadata as unknown as TableDocument | null;
  if (
    document === null ||
    !kKinds.includes(document.kind) ||
    !Array.isArray(document.columns) ||
    !Array.isArray(document.features)
  ) {
    const expected = 'a model that "storewise train" made from a table';
    throw host.error('invalid-request', `${host.name}: expected ${expected}, found another one`, {
      file: host.name,
      expected,
      found: document === null ? 'no metadata of storewise' : `kind ${document.kind}`,
    });
  }
  return document;
}

const words = {
  en: {
    is: (column: string, level: string) => `${column} is ${level}`,
    isNot: (column: string, level: string) => `${column} is not ${level}`,
    missing: (column: string) => `${column} is missing`,
    known: (column: string) => `${column} is known`,
    for: (what: string, label: string) => `${what} speaks for ${label}`,
    against: (what: string, label: string) => `${what} speaks against ${label}`,
    raises: (what: string) => `${what} raises it`,
    lowers: (what: string) => `${what} lowers it`,
    instead: (change: string, label: string) => `with ${change} instead it would be ${label}`,
    likely: (label: string, percent: string) => `${label}, ${percent} likely`,
    changes: (treatment: string, target: string, by: string) =>
      `${treatment} changes ${target} by ${by}`,
    nothing: 'missing',
    and: ' and ',
    because: ': ',
  },
  zh: {
    is: (column: string, level: string) => `${column}为${level}`,
    isNot: (column: string, level: string) => `${column}不为${level}`,
    missing: (column: string) => `${column}缺失`,
    known: (column: string) => `${column}已知`,
    for: (what: string, label: string) => `${what}，支持${label}`,
    against: (what: string, label: string) => `${what}，不支持${label}`,
    raises: (what: string) => `${what}，使其升高`,
    lowers: (what: string) => `${what}，使其降低`,
    instead: (change: string, label: string) => `若${change}，则为${label}`,
    likely: (label: string, percent: string) => `${label}，可能性${percent}`,
    changes: (treatment: string, target: string, by: string) => `${treatment}使${target}变化${by}`,
    nothing: '缺失',
    and: '且',
    because: '：',
  },
};

const figure = (x: number): string =>
  Number.isNaN(x) ? '' : String(Number(x.toPrecision(Math.abs(x) >= 1000 ? 6 : 4)));

const dateText = (days: number): string => {
  const time = new Date(Math.round(days * kDay));
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 10);
};

class TableModel {
  readonly #host: TableHost;
  readonly #document: TableDocument;
  readonly #words: (typeof words)['en'];

  constructor(host: TableHost, language: string | undefined) {
    this.#host = host;
    this.#document = documentOf(host);
    this.#words = language?.toLowerCase().startsWith('zh') ? words.zh : words.en;
  }

  get #labels(): readonly string[] {
    return this.#document.labels ?? [];
  }

  get #arms(): readonly string[] {
    return this.#document.arms ?? [];
  }

  // A cell as the engine takes it: a number (NaN: missing) or a text ('': missing).
  cell(column: Column, value: Cell): number | string {
    const refuse = (expected: string) =>
      this.#host.error(
        'invalid-input',
        `${this.#host.name}: column "${column.name}": expected ${expected}, found ${JSON.stringify(value)}`,
        { file: this.#host.name, place: column.name, expected, found: String(value) },
      );
    const missing = value === null || value === undefined || value === '';
    switch (column.kind) {
      case 'category':
        return missing ? '' : String(value);
      case 'date': {
        if (missing) return Number.NaN;
        const time = value instanceof Date ? value.getTime() : Date.parse(String(value));
        if (Number.isNaN(time)) throw refuse('a date such as 2026-11-25');
        return time / kDay;
      }
      case 'boolean': {
        if (missing) return Number.NaN;
        if (typeof value === 'boolean') return value ? 1 : 0;
        if (value === 0 || value === 1) return value;
        const text = String(value).toLowerCase();
        const at = (column.levels ?? []).findIndex((level) => level.toLowerCase() === text);
        if (at >= 0) return at;
        throw refuse('true or false');
      }
      default: {
        if (missing) return Number.NaN;
        const number = typeof value === 'string' ? Number(value) : value;
        if (typeof number !== 'number' || !Number.isFinite(number)) throw refuse('a number');
        return number;
      }
    }
  }

  /** The row's cells in the order of the columns. Every column that the model uses must be there. */
  cells(row: Row): (number | string)[] {
    const known = this.#document.columns.map(({ name }) => name);
    const lacking = known.find((name) => !(name in row));
    if (lacking !== undefined) {
      const expected = `the columns ${known.join(', ')}`;
      throw this.#host.error(
        'invalid-input',
        `${this.#host.name}: column "${lacking}" is not in the row (null says that it is missing): expected ${expected}`,
        { file: this.#host.name, place: lacking, expected, found: Object.keys(row).join(', ') },
      );
    }
    return this.#document.columns.map((column) => this.cell(column, row[column.name]));
  }

  inputs(rows: readonly (readonly (number | string)[])[]): ModelInputs {
    const dims = [rows.length, 1];
    const inputs: { [name: string]: { dims: number[]; data: string[] | Float32Array } } = {};
    this.#document.columns.forEach((column, c) => {
      const data =
        column.kind === 'category'
          ? rows.map((row) => row[c] as string)
          : Float32Array.from(rows, (row) => row[c] as number);
      inputs[column.input] = { dims, data };
    });
    return inputs;
  }

  // For each row the probabilities of all classes, the uplifts of all treatments, or the one number.
  #answers(rows: readonly (readonly (number | string)[])[]): number[][] {
    const outputs = this.#host.run(this.inputs(rows));
    const tensor = outputs[this.#document.task === 'classify' ? 'probabilities' : 'value'];
    const all = Array.from(tensor?.data as Float32Array);
    const each = all.length / rows.length;
    return rows.map((_, i) => all.slice(i * each, (i + 1) * each));
  }

  #prediction(answer: readonly number[]): TablePrediction {
    if (this.#document.task !== 'classify') {
      const uplifts = this.#arms
        .map((treatment, i) => ({ treatment, uplift: answer[i] ?? 0 }))
        .sort((a, b) => b.uplift - a.uplift);
      const value = uplifts[0]?.uplift ?? answer[0] ?? Number.NaN;
      return { label: null, probabilities: [], value, uplifts };
    }
    const probabilities = this.#labels
      .map((label, i) => ({ label, probability: answer[i] ?? 0 }))
      .sort((a, b) => b.probability - a.probability);
    return { label: probabilities[0]?.label ?? null, probabilities, value: null, uplifts: [] };
  }

  predict(row: Row): TablePrediction {
    return this.#prediction(this.#answers([this.cells(row)])[0] ?? []);
  }

  #cellText(column: Column, value: number | string): string {
    if (typeof value === 'string') return value === '' ? this.#words.nothing : value;
    if (Number.isNaN(value)) return this.#words.nothing;
    if (column.kind === 'date') return dateText(value);
    if (column.kind === 'boolean') return column.levels?.[value] ?? String(value === 1);
    return figure(value);
  }

  explain(row: Row, options: ExplainOptions): TableExplanation {
    const cells = this.cells(row);
    const { columns, kind, task, target } = this.#document;
    const answer = this.#answers([cells])[0] ?? [];
    const prediction = this.#prediction(answer);
    const best = prediction.label ?? prediction.uplifts[0]?.treatment;
    const explains = best === undefined ? null : (options.label ?? best);
    const choices = task === 'classify' ? this.#labels : this.#arms;
    const score = explains === null ? 0 : choices.indexOf(explains);
    if (score < 0) {
      const expected = choices.join(', ');
      const what = task === 'classify' ? 'class' : 'treatment';
      throw this.#host.error(
        'invalid-input',
        `${this.#host.name}: there is no ${what} "${explains}": expected ${expected}`,
        { file: this.#host.name, place: 'label', expected, found: String(explains) },
      );
    }
    const taken = this.#engineContributions(cells, score) ?? this.#sampled(cells, score);
    const scale =
      task !== 'classify'
        ? 'number'
        : taken.method !== 'sampled' && (kind === 'boosted' || kind === 'logistic')
          ? 'log-odds'
          : taken.method === 'linear'
            ? 'margin'
            : 'probability';
    const contributions = columns
      .map((column, c): Contribution => {
        const contribution = taken.byColumn[c] ?? 0;
        const value = this.#cellText(column, cells[c] ?? '');
        return {
          column: column.name,
          value,
          contribution,
          text: this.#says(
            `${column.name} = ${value}`,
            contribution,
            task === 'classify' ? explains : null,
          ),
        };
      })
      .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
    const path = this.#path(taken.path);
    const counterfactual =
      task === 'classify' && options.counterfactual !== false
        ? this.#counterfactual(cells, prediction.label)
        : null;
    const because =
      path.length > 0
        ? path.map(({ text }) => text).join(this.#words.and)
        : contributions
            .filter(({ contribution }) => contribution !== 0)
            .slice(0, 3)
            .map(({ text }) => text)
            .join('; ');
    const percent = `${Math.round(100 * (prediction.probabilities[0]?.probability ?? 0))} %`;
    const says =
      prediction.value === null
        ? this.#words.likely(`${target} = ${prediction.label}`, percent)
        : explains === null
          ? `${target} = ${figure(prediction.value)}`
          : this.#words.changes(explains, target, figure(answer[score] ?? Number.NaN));
    return {
      ...prediction,
      explains,
      scale,
      base: taken.base,
      score: taken.base + taken.byColumn.reduce((sum, x) => sum + x, 0),
      method: taken.method,
      contributions,
      path,
      counterfactual,
      text: `${says}${because === '' ? '' : this.#words.because}${because}`,
    };
  }

  #says(what: string, contribution: number, label: string | null): string {
    const up = contribution >= 0;
    if (label === null) return up ? this.#words.raises(what) : this.#words.lowers(what);
    const about = `${this.#document.target} = ${label}`;
    return up ? this.#words.for(what, about) : this.#words.against(what, about);
  }

  #engineContributions(cells: readonly (number | string)[], score: number) {
    let said: Explained;
    try {
      said = this.#host.explain(this.inputs([cells]), score);
    } catch (error) {
      if ((error as Partial<StorewiseError>).code === 'unsupported') return null;
      throw error;
    }
    const { columns, features } = this.#document;
    const place = new Map(columns.map(({ name }, c) => [name, c]));
    const byColumn = columns.map(() => 0);
    let base = said.base;
    features.forEach(({ column, mean = 0 }, f) => {
      const c = place.get(column) ?? 0;
      const atMean = (said.weights[f] ?? 0) * mean;
      byColumn[c] = (byColumn[c] ?? 0) + (said.contributions[f] ?? 0) - atMean;
      base += atMean;
    });
    const method: TableExplanation['method'] = said.weights.length > 0 ? 'linear' : 'tree-shap';
    return { base, byColumn, path: said.path, method };
  }

  // What an ordinary row has in that column.
  #reference(column: Column): number | string {
    if (column.kind === 'category') return String(column.usual ?? column.levels?.[0] ?? '');
    const { fill, least = 0, most = 0 } = column;
    return Number(column.usual ?? fill ?? (column.kind === 'boolean' ? 0 : (least + most) / 2));
  }

  #sampled(cells: readonly (number | string)[], score: number) {
    const { columns } = this.#document;
    const n = columns.length;
    const reference = columns.map((column) => this.#reference(column));
    const forwards = columns.map((_, i) => columns.map((__, j) => (i + j) % n));
    const orders = [...forwards, ...forwards.map((order) => [...order].reverse())];
    // Each order walks from the reference to the row, one column at a time.
    const rows = orders.flatMap((order) => {
      const row = [...reference];
      return [
        [...row],
        ...order.map((c) => {
          row[c] = cells[c] ?? '';
          return [...row];
        }),
      ];
    });
    const answers = this.#answers(rows).map((answer) => answer[score] ?? 0);
    const byColumn = columns.map(() => 0);
    orders.forEach((order, o) => {
      order.forEach((c, i) => {
        const at = o * (n + 1) + i;
        const step = (answers[at + 1] ?? 0) - (answers[at] ?? 0);
        byColumn[c] = (byColumn[c] ?? 0) + step / orders.length;
      });
    });
    const method: TableExplanation['method'] = 'sampled';
    return { base: answers[0] ?? 0, byColumn, path: [] as number[], method };
  }

  // A single tree's steps, those about one feature together.
  #path(steps: readonly number[]): PathStep[] {
    const ranges = new Map<number, { above: number | null; atMost: number | null }>();
    for (let i = 0; i + 2 < steps.length; i += 3) {
      const [feature = 0, threshold = 0, isYes = 0] = steps.slice(i, i + 3);
      const range = ranges.get(feature) ?? { above: null, atMost: null };
      if (isYes === 1) range.atMost = Math.min(threshold, range.atMost ?? threshold);
      else range.above = Math.max(threshold, range.above ?? threshold);
      ranges.set(feature, range);
    }
    return [...ranges].map(([index, { above, atMost }]) => {
      const { name, column, part } = this.#document.features[index] as Feature;
      const text = this.#stepText(name, column, part, above, atMost);
      return { column, above, atMost, text };
    });
  }

  #stepText(
    name: string,
    column: string,
    part: string,
    above: number | null,
    atMost: number | null,
  ): string {
    const holds = above !== null;
    if (part === 'missing') return holds ? this.#words.missing(column) : this.#words.known(column);
    const known = this.#document.columns.find((one) => one.name === column);
    if (part === 'level') {
      const level = name.slice(name.lastIndexOf(' = ') + 3);
      return holds ? this.#words.is(column, level) : this.#words.isNot(column, level);
    }
    if (known?.kind === 'boolean' && part === 'value') {
      return this.#words.is(column, known.levels?.[holds ? 1 : 0] ?? String(holds));
    }
    const show = part === 'day' ? dateText : figure;
    if (above !== null && atMost !== null) return `${show(above)} < ${name} ≤ ${show(atMost)}`;
    return above !== null ? `${name} > ${show(above)}` : `${name} ≤ ${show(atMost ?? 0)}`;
  }

  trees(file: Uint8Array): Trees {
    const { kind, task, features } = this.#document;
    const raw = ['tree', 'forest', 'boosted'].includes(kind) ? readTrees(file) : null;
    if (raw === null) {
      const expected = 'a model that "storewise train tree", "forest" or "boosted" made';
      throw this.#host.error(
        'unsupported',
        `${this.#host.name}: expected ${expected}, found kind ${kind}`,
        { file: this.#host.name, expected, found: `kind ${kind}` },
      );
    }
    const isSum = kind === 'boosted';
    const labels = this.#labels;
    const isTwo = task === 'classify' && labels.length === 2;
    // The file has of two classes one score, of the second, under whatever number.
    const of = isTwo && isSum ? labels.slice(1) : labels;
    const outputs = Math.max(1, of.length);
    // A mean is in the file as a sum of parts.
    const parts = isSum ? 1 : raw.trees.length;
    const valuesOf = ({ values }: RawNode): number[] => {
      if (isTwo) {
        const [second = 0] = values.values();
        return isSum ? [second] : [1 - parts * second, parts * second];
      }
      return Array.from({ length: outputs }, (_, k) => parts * (values.get(k) ?? 0));
    };
    const build = (nodes: readonly RawNode[], at: number): TreeNode => {
      const node = nodes[at] as RawNode;
      const { cover, threshold } = node;
      if (node.feature < 0) return { kind: 'leaf', values: valuesOf(node), cover };
      const { name, column, part } = features[node.feature] as Feature;
      return {
        kind: 'question',
        column,
        feature: name,
        threshold,
        atMost: build(nodes, node.atMost),
        above: build(nodes, node.above),
        atMostText: this.#stepText(name, column, part, null, threshold),
        aboveText: this.#stepText(name, column, part, threshold, null),
        cover,
      };
    };
    const all = raw.trees.map((nodes) => build(nodes, 0));
    const base = Array.from({ length: outputs }, (_, k) => (isSum ? (raw.base[k] ?? 0) : 0));
    const trees = all.filter((tree) => {
      if (!isSum || tree.kind === 'question') return true;
      tree.values.forEach((value, k) => {
        base[k] = (base[k] ?? 0) + value;
      });
      return false;
    });
    const scale = task !== 'classify' ? 'number' : isSum ? 'log-odds' : 'probability';
    return { combine: isSum ? 'sum' : 'mean', scale, of, base, trees };
  }

  #counterfactual(
    cells: readonly (number | string)[],
    label: string | null,
  ): Counterfactual | null {
    const { columns } = this.#document;
    interface Change {
      readonly c: number;
      readonly to: number | string;
      readonly distance: number;
    }
    const span = ({ least = 0, most = 1 }: Column) => (most > least ? most - least : 1);
    const changes = columns.flatMap((column, c): Change[] => {
      const from = cells[c];
      if (column.kind === 'category') {
        return (column.levels ?? [])
          .filter((level) => level !== from)
          .map((to) => ({ c, to, distance: 1 }));
      }
      if (column.kind === 'boolean') {
        return [0, 1].filter((to) => to !== from).map((to) => ({ c, to, distance: 1 }));
      }
      const { least = 0, most = 0 } = column;
      const numbers = Array.from(
        { length: kTried + 1 },
        (_, i) => least + ((most - least) * i) / kTried,
      );
      return numbers
        .filter((to) => to !== from)
        .map((to) => ({
          c,
          to,
          distance: Number.isNaN(from) ? 1 : Math.abs(to - Number(from)) / span(column),
        }));
    });
    if (changes.length === 0) return null;
    const changed = ({ c, to }: Pick<Change, 'c' | 'to'>) =>
      cells.map((value, i) => (i === c ? to : value));
    const labelOf = (answer: readonly number[] | undefined) => this.#prediction(answer ?? []).label;
    const answers = this.#answers(changes.map(changed));
    let best: Change | null = null;
    changes.forEach((change, i) => {
      const flips = labelOf(answers[i]) !== label;
      if (flips && (best === null || change.distance < best.distance)) best = change;
    });
    if (best === null) return null;
    const { c } = best as Change;
    let { to } = best as Change;
    const column = columns[c] as Column;
    const flips = (value: number) =>
      labelOf(this.#answers([changed({ c, to: value })])[0]) !== label;
    const from = cells[c];
    if (typeof to === 'number' && typeof from === 'number' && column.kind === 'number') {
      to = Number.isNaN(from) ? to : nearest(from, to, column.whole === true, flips);
    }
    const other = labelOf(this.#answers([changed({ c, to })])[0]) ?? '';
    const change = `${column.name} = ${this.#cellText(column, to)}`;
    return {
      column: column.name,
      from: this.#cellText(column, from ?? ''),
      to: this.#cellText(column, to),
      label: other,
      text: this.#words.instead(change, `${this.#document.target} = ${other}`),
    };
  }
}

// The number with the fewest digits that lies as near to `from` as one that flips can, given that
// `to` does.
function nearest(
  from: number,
  to: number,
  whole: boolean,
  flips: (value: number) => boolean,
): number {
  let stays = from;
  let flipped = to;
  for (let i = 0; i < kHalvings; i++) {
    const middle = (stays + flipped) / 2;
    if (flips(middle)) flipped = middle;
    else stays = middle;
  }
  const up = to > from;
  for (let digits = 0; digits < 7; digits++) {
    const unit = 10 ** digits;
    const rounded = (up ? Math.ceil(flipped * unit) : Math.floor(flipped * unit)) / unit;
    const near =
      Math.abs(rounded - flipped) <= 0.1 * Math.abs(to - from) + Math.abs(flipped) * 0.01;
    if ((near || whole) && flips(rounded)) return rounded;
  }
  return flipped;
}

/** @internal */
export function predictRow(host: TableHost, row: Row): TablePrediction {
  return new TableModel(host, undefined).predict(row);
}

/** @internal */
export function explainRow(
  host: TableHost,
  row: Row,
  options: ExplainOptions = {},
): TableExplanation {
  return new TableModel(host, options.language).explain(row, options);
}

/** @internal */
export function treesOf(host: TableHost, file: Uint8Array, options: TreesOptions = {}): Trees {
  return new TableModel(host, options.language).trees(file);
}
