// The way of a row through a drawn tree, and what a row needs so that it goes the other way.

import type { Row } from 'storewise';
import type { TreeNode } from './tree-file.js';

/** One number that a tree asks about: a column, or one level of a category. */
export interface Feature {
  readonly name: string;
  readonly column: string;
  readonly part: string;
}

/** A column of the model, from its metadata. */
export interface Column {
  readonly name: string;
  readonly kind: 'number' | 'boolean' | 'date' | 'category';
  readonly least?: number;
  readonly most?: number;
  readonly fill?: number;
  readonly whole?: boolean;
  readonly levels?: readonly string[];
}

/** A question on the way. */
export interface Turn {
  readonly node: TreeNode;
  readonly feature: Feature;
  /** Whether the row lies above the threshold. */
  readonly isAbove: boolean;
}

/** The level that a feature of a category stands for. */
export const levelOf = ({ name }: Feature) => name.slice(name.lastIndexOf(' = ') + 3);

function numberOf(feature: Feature, row: Row): number {
  const cell = row[feature.column];
  if (feature.part === 'level') return String(cell) === levelOf(feature) ? 1 : 0;
  // The engine counts in float.
  return Math.fround(Number(cell));
}

/** The turns from the root, and the leaf where they end. */
export function wayOf(
  root: TreeNode,
  features: readonly Feature[],
  row: Row,
): { readonly turns: readonly Turn[]; readonly leaf: TreeNode } {
  const turns: Turn[] = [];
  let node = root;
  while (node.atMost !== undefined && node.above !== undefined) {
    const feature = features[node.feature ?? 0];
    if (feature === undefined) break;
    const isAbove = numberOf(feature, row) > (node.threshold ?? 0);
    turns.push({ node, feature, isAbove });
    node = isAbove ? node.above : node.atMost;
  }
  return { turns, leaf: node };
}

// Few digits, and still strictly above `low` and at most `high`.
function roundWithin(value: number, low: number, high: number): number {
  for (let digits = 1; digits < 8; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) > low && Math.fround(rounded) <= high) return rounded;
  }
  return value;
}

/**
 * The cell that sends a row the other way at turn `at`, and the same way at every turn before it; a
 * number lies as near to the threshold as reads well. Null when the column has no such value.
 */
export function otherWay(
  turns: readonly Turn[],
  at: number,
  column: Column,
): string | number | boolean | null {
  const turn = turns[at];
  if (turn === undefined) return null;
  const { feature, isAbove } = turn;
  const before = turns.slice(0, at).filter((one) => one.feature.column === feature.column);
  if (feature.part === 'level') {
    const levels = column.levels ?? [];
    const keeps = (level: string) =>
      before.every((one) => (levelOf(one.feature) === level) === one.isAbove);
    const wanted = levelOf(feature);
    return levels.filter((level) => (level === wanted) !== isAbove).find(keeps) ?? null;
  }
  if (column.kind === 'boolean') return !isAbove;
  const threshold = turn.node.threshold ?? 0;
  const { least = 0, most = 1 } = column;
  let low = Number.NEGATIVE_INFINITY;
  let high = most;
  for (const one of before) {
    const bound = one.node.threshold ?? 0;
    if (one.isAbove) low = Math.max(low, bound);
    else high = Math.min(high, bound);
  }
  if (isAbove) high = Math.min(high, threshold);
  else low = Math.max(low, threshold);
  if (column.whole) {
    const value = isAbove ? Math.floor(high) : Math.floor(low) + 1;
    return value > low && value <= high && value >= least ? value : null;
  }
  const bottom = Math.max(low, least);
  if (!(high >= bottom)) return null;
  const step = Math.min((high - bottom) / 2, Math.max(Math.abs(threshold) * 0.1, 1e-4));
  const value = isAbove ? high - step : bottom + step;
  return roundWithin(value, low, high);
}
