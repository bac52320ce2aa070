// The turns of a row's way through a tree, and what a row needs so that it goes the other way.

import type { TreeNode, TreeQuestion } from 'storewise';
import { levelOf } from './trees.js';

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
  readonly node: TreeQuestion;
  /** Whether the row lies above the threshold. */
  readonly isAbove: boolean;
}

/** The turns along a way from the root to a leaf. */
export function turnsOf(way: readonly TreeNode[]): readonly Turn[] {
  return way.flatMap((node, i) =>
    node.kind === 'leaf' ? [] : [{ node, isAbove: way[i + 1] === node.above }],
  );
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
  const { node, isAbove } = turn;
  const before = turns.slice(0, at).filter((one) => one.node.column === node.column);
  const wanted = levelOf(node);
  if (wanted !== null) {
    const levels = column.levels ?? [];
    const keeps = (level: string) =>
      before.every((one) => (levelOf(one.node) === level) === one.isAbove);
    return levels.filter((level) => (level === wanted) !== isAbove).find(keeps) ?? null;
  }
  if (column.kind === 'boolean') return !isAbove;
  const { threshold } = node;
  const { least = 0, most = 1 } = column;
  let low = Number.NEGATIVE_INFINITY;
  let high = most;
  for (const one of before) {
    const bound = one.node.threshold;
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
