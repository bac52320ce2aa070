// The trainer's report of an uplift model, as far as the command line reads it, and its figures in
// lines of plain text.
import type { TableData } from './table-data.js';
import { columnLines, figure, splitText } from './table-text.js';
import { counted, type Progress, percent, whole } from './terminal.js';
import { type Metrics, type TableReport, type TrainedModel, trainInWorker } from './training.js';

export interface UpliftGroup {
  treated: number;
  control: number;
  /** What the model says on average. */
  said: number | null;
  treated_outcome: number | null;
  control_outcome: number | null;
  effect: number | null;
  low: number | null;
  high: number | null;
}

/** One treatment against the control, on rows that the model did not see. */
export interface UpliftEffect {
  arm: string;
  treated: number;
  control: number;
  /** effect, qini, auuc, auuc_random. */
  metrics: Metrics;
  intervals: Record<string, [number | null, number | null]>;
  /** How much of the learner's differences held-out rows confirmed, 0 to 1. */
  confirmed: number;
  /** Tenths, those with the highest answers first. */
  groups: UpliftGroup[];
  /** The Qini curve: [share treated, gain]. */
  curve: [number, number][];
}

export interface UpliftCandidate {
  method: string;
  strength: number;
  loss: number;
  difference: number;
  error: number;
}

export interface UpliftReport extends Pick<TableReport, 'target' | 'rows' | 'columns' | 'split'> {
  kind: 'uplift';
  /** Every outcome is 0 or 1. */
  target_is_share: boolean;
  treatment: string;
  control: string;
  arms: string[];
  features: number;
  settings: { method: string; penalty?: number; trees?: number; strength?: string };
  candidates: UpliftCandidate[];
  balance: {
    auc: number | null;
    low: number | null;
    high: number | null;
    columns: { column: string; gap: number }[];
  };
  effects: UpliftEffect[];
  importance: { column: string; moves: number }[];
  weights: { feature: string; weights: number[] }[];
  examples: { row: number; line?: number; arm: string; outcome: number; uplift: number[] }[];
  warnings: string[];
  bytes: number;
}

/** Trains on cells [columns][rows], which are given away. */
export async function trainUplift(
  cells: Float64Array,
  rows: number,
  options: object,
  progress: Progress,
): Promise<TrainedModel<UpliftReport>> {
  const { model, report } = await trainInWorker({ kind: 'uplift', options, cells, rows }, progress);
  return { model, report: report as UpliftReport };
}

export const learnerNames: Readonly<Record<string, string>> = {
  same: 'the average effect, the same for all',
  linear: 'a straight line of the columns',
  boosted: 'boosted trees',
  forest: 'a random forest',
  cross: 'boosted trees of each arm’s imputed effects',
};

type Unit = Pick<UpliftReport, 'target_is_share'>;

/** "+4.52 points" of a share, "+0.8131" of another number. */
export function change({ target_is_share: share }: Unit, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const sign = value < 0 ? '−' : '+';
  const size = Math.abs(value);
  return share ? `${sign}${(100 * size).toFixed(2)} points` : `${sign}${figure(size)}`;
}

/** "4.52 to 6.01", in the units of `change`. */
export function changeRange(of: Unit, range: readonly (number | null)[] | undefined): string {
  const [low = null, high = null] = range ?? [];
  if (low === null || high === null) return '–';
  return `${change(of, low).replace(' points', '')} to ${change(of, high).replace(' points', '')}`;
}

/** Small numbers such as a Qini: four digits that mean something. */
export function small(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return value === 0 ? '0' : String(Number(value.toPrecision(4)));
}

export function smallRange(range: readonly (number | null)[] | undefined): string {
  const [low = null, high = null] = range ?? [];
  return `${small(low)} to ${small(high)}`;
}

/** The gain of treating the best `share` of all rows, between the curve's points. */
export function gainAt(curve: readonly (readonly [number, number])[], share: number): number {
  const after = curve.findIndex(([at]) => at >= share);
  const [x1, y1] = curve[after] ?? curve.at(-1) ?? [1, 0];
  const [x0, y0] = curve[Math.max(0, after - 1)] ?? [0, 0];
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (share - x0)) / (x1 - x0);
}

/** What treating the best 30 % brings of treating all; nothing where that is not sure to be more. */
export function pickText(effect: UpliftEffect): string {
  const all = effect.curve.at(-1)?.[1] ?? 0;
  const [low = null] = effect.intervals['effect'] ?? [];
  if (!(all > 0) || low === null || low <= 0 || !isSure(effect)) return '';
  const part = gainAt(effect.curve, 0.3) / all;
  return `the 30 % that the model picks bring ${percent(part)} of what treating all brings (30 % picked at random: 30 %)`;
}

/** Whether the model orders better than chance: the whole interval of the Qini above 0. */
export function isSure(effect: UpliftEffect): boolean {
  return (effect.intervals['qini']?.[0] ?? 0) > 0;
}

function effectLines(report: UpliftReport, effect: UpliftEffect): string[] {
  const { metrics, intervals, arm } = effect;
  const sure = isSure(effect)
    ? 'better than random targeting, which has 0'
    : 'not surely better than random targeting, which has 0';
  const pick = pickText(effect);
  const rows = effect.groups.map((group, i) => [
    String(i + 1),
    change(report, group.said),
    change(report, group.effect),
    changeRange(report, [group.low, group.high]),
    `${whole(group.treated)} / ${whole(group.control)}`,
  ]);
  return [
    `${arm}: changes ${report.target} by ${change(report, metrics['effect'])} on average (${changeRange(report, intervals['effect'])}); ${whole(effect.treated)} treated and ${whole(effect.control)} of the control tested.`,
    `  Qini ${small(metrics['qini'])} (${smallRange(intervals['qini'])}): ${sure}.`,
    `  AUUC ${small(metrics['auuc'])} (${smallRange(intervals['auuc'])}), random targeting ${small(metrics['auuc_random'])}.`,
    ...(pick === '' ? [] : [`  ${pick[0]?.toUpperCase()}${pick.slice(1)}.`]),
    ...columned(['tenth', 'said', 'measured', '95 % interval', 'treated / control'], rows),
  ];
}

function columned(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, c) =>
    Math.max(heading.length, ...rows.map((row) => row[c]?.length ?? 0)),
  );
  return [headings, ...rows].map(
    (row) => `  ${row.map((cell, c) => cell.padStart(widths[c] ?? 0)).join('  ')}`,
  );
}

export function upliftLines(report: UpliftReport, data: TableData): string[] {
  const best = report.importance.filter(({ moves }) => moves > 0).slice(0, 5);
  const { auc } = report.balance;
  return [
    ...columnLines(report, data).filter(
      (line) => line !== `  left out: "${report.treatment}": it is the treatment`,
    ),
    `The model ${splitText(report)}. Control: ${report.control}; ${counted(report.arms.length, 'treatment')}: ${report.arms.join(', ')}.`,
    `Who was treated cannot be told from the columns better than by chance, as it should be: AUC ${figure(auc)} (chance 0.5).`,
    `Learner kept: ${learnerNames[report.settings.method] ?? report.settings.method}.`,
    ...report.effects.flatMap((effect) => effectLines(report, effect)),
    ...(best.length > 0
      ? [
          `What moves it: ${best.map(({ column, moves }) => `${column} ${change(report, moves).slice(1)}`).join(', ')}.`,
        ]
      : []),
  ];
}
