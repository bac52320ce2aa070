// How a table model's answer follows its weightiest columns, as pictures with a table behind each:
// a line with the spread of the single rows for numbers, a range for each level of a category.
import { figure } from '../table-text.js';
import { percent } from '../terminal.js';
import type { DependencePoint, DependenceReport, TableReport } from '../training.js';
import { table, escapeHtml as text } from './html.js';

type ColumnDependence = DependenceReport['columns'][number];

/** What a picture shows: one answer of the model, on a scale that all pictures share. */
interface Shown {
  /** Its place among the answers. */
  answer: number;
  low: number;
  high: number;
  /** A value of the answer in text. */
  say: (value: number) => string;
  /** The same of a round value. */
  tick: (value: number) => string;
}

const kWidth = 340;
const kHeight = 180;
const kRight = 332;
const kTop = 8;
const kBottom = 148;
/** Of classes with a column of their own in the tables. */
const kMostClasses = 6;

const at = (values: readonly number[], i: number): number => values[i] ?? 0;

/** The pictures, or nothing where no column matters. */
export function dependencePictures(report: TableReport): string {
  const { dependence } = report;
  if (dependence.columns.length === 0) return '';
  const classes = report.task === 'classify';
  const everything = dependence.columns.flatMap(({ points }) => points);
  const values = everything.flatMap(({ p10, p90, mean }) => [...p10, ...p90, ...mean]);
  const least = Math.min(...values);
  const most = Math.max(...values);
  const room = (most - least) * 0.04 || Math.abs(most) * 0.04 || 1;
  const low = classes ? Math.max(0, least - room) : least - room;
  const high = classes ? Math.min(1, most + room) : most + room;
  const say = classes ? (value: number) => percent(value) : (value: number) => figure(value);
  const tick = classes ? (value: number) => `${short(100 * value)} %` : short;
  const pictures = dependence.columns.map((column) =>
    picture(column, dependence, classes, { answer: liveliest(column), low, high, say, tick }),
  );
  return `<div class="plots">${pictures.join('')}</div>`;
}

/** The answer whose mean moves most along the column. */
function liveliest({ points }: ColumnDependence): number {
  const answers = points[0]?.mean.length ?? 1;
  const spans = Array.from({ length: answers }, (_, a) => {
    const means = points.map(({ mean }) => at(mean, a));
    return Math.max(...means) - Math.min(...means);
  });
  return spans.indexOf(Math.max(...spans));
}

function picture(
  column: ColumnDependence,
  { answers }: DependenceReport,
  classes: boolean,
  shown: Shown,
): string {
  const of = answers[shown.answer] as string;
  const axis = classes ? `how likely “${of}” is` : `the ${of} predicted`;
  const said = column.points
    .map((point) => `${place(point)}: ${shown.say(at(point.mean, shown.answer))}`)
    .join(', ');
  const drawn = column.kind === 'number' ? curve(column, shown, said) : ranges(column, shown);
  return `<figure class="plot dependence"><figcaption>${text(column.column)}</figcaption><p class="soft small axis-up">${text(axis)}${column.kind === 'number' ? ' ↑' : ' →'}</p>${drawn}${numbers(column, answers, classes, shown)}</figure>`;
}

/** A point's value in text. */
function place({ at: value }: DependencePoint): string {
  if (value === null) return 'missing';
  return typeof value === 'string' ? value : short(value);
}

function short(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e6
    ? String(value)
    : String(Number(value.toPrecision(4)));
}

/** Round numbers within [low, high], about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  if (!(rough > 0)) return [low];
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * unit).find((size) => size >= rough) as number;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

function curve(column: ColumnDependence, shown: Shown, said: string): string {
  const known = column.points.filter(({ at: value }) => typeof value === 'number');
  const missing = column.points.find(({ at: value }) => value === null);
  const from = Number(known[0]?.at ?? 0);
  const to = Number(known.at(-1)?.at ?? 1);
  // What is missing has a place of its own at the right.
  const right = missing === undefined ? kRight : kRight - 44;
  const { low, high, answer, tick } = shown;
  const heights = ticks(low, high, 3);
  const left = 8 + 7 * Math.max(...heights.map((value) => tick(value).length));
  const x = (value: number): number =>
    to > from ? left + ((value - from) / (to - from)) * (right - left) : (left + right) / 2;
  const y = (value: number): number => kBottom - ((value - low) / (high - low)) * (kBottom - kTop);
  const points = (values: (point: DependencePoint) => readonly number[]): string[] =>
    known.map(
      (point) => `${x(Number(point.at)).toFixed(1)} ${y(at(values(point), answer)).toFixed(1)}`,
    );
  const band = (
    name: string,
    below: (point: DependencePoint) => readonly number[],
    above: (point: DependencePoint) => readonly number[],
  ): string =>
    `<path class="${name}" d="M${[...points(below), ...points(above).reverse()].join('L')}Z"/>`;
  const upTicks = heights
    .map((value) => {
      const height = y(value).toFixed(1);
      return `<path class="grid" d="M${left} ${height}H${kRight}"/><text class="tick" x="${left - 5}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${text(tick(value))}</text>`;
    })
    .join('');
  const acrossTicks = ticks(from, to, 4)
    .map((value, i, all) => {
      const anchor =
        i === all.length - 1 && x(value) > right - 14 && missing === undefined ? 'end' : 'middle';
      return `<text class="tick" x="${x(value).toFixed(1)}" y="${kBottom + 26}" text-anchor="${anchor}">${text(short(value))}</text>`;
    })
    .join('');
  const rug = [...new Set(column.deciles ?? [])]
    .filter((value) => value >= from && value <= to)
    .map((value) => `<path class="rug" d="M${x(value).toFixed(1)} ${kBottom + 3}v7"/>`)
    .join('');
  const single =
    known.length === 1
      ? `<circle class="dot" cx="${x(from)}" cy="${y(at(known[0]?.mean ?? [], answer)).toFixed(1)}" r="5"/>`
      : '';
  return (
    `<svg viewBox="0 0 ${kWidth} ${kHeight}" role="img" aria-label="${text(said)}">${upTicks}${acrossTicks}${rug}` +
    band(
      'spread-most',
      ({ p10 }) => p10,
      ({ p90 }) => p90,
    ) +
    band(
      'spread-half',
      ({ p25 }) => p25,
      ({ p75 }) => p75,
    ) +
    `<path class="curve main" d="M${points(({ mean }) => mean).join('L')}"/>${single}` +
    (missing === undefined ? '' : missingMark(missing, answer, y)) +
    `<path class="frame" d="M${left} ${kBottom}H${kRight}"/></svg>`
  );
}

function missingMark(point: DependencePoint, answer: number, y: (value: number) => number): string {
  const middle = kRight - 16;
  const bar = (name: string, low: number, high: number): string =>
    `<rect class="${name}" x="${middle - 7}" y="${y(high).toFixed(1)}" width="14" height="${Math.max(1, y(low) - y(high)).toFixed(1)}"/>`;
  return (
    bar('spread-most', at(point.p10, answer), at(point.p90, answer)) +
    bar('spread-half', at(point.p25, answer), at(point.p75, answer)) +
    `<path class="curve main" d="M${middle - 9} ${y(at(point.mean, answer)).toFixed(1)}h18"/>` +
    `<text class="tick" x="${kRight}" y="${kBottom + 26}" text-anchor="end">missing</text>`
  );
}

/** Numbers as they ascend, levels with the highest answer first. */
function inOrder({ kind, points }: ColumnDependence, answer: number): readonly DependencePoint[] {
  if (kind === 'number') return points;
  return [...points].sort((a, b) => at(b.mean, answer) - at(a.mean, answer));
}

/** Levels, each with its range. */
function ranges(column: ColumnDependence, { answer, low, high, say }: Shown): string {
  const across = (value: number): number => (100 * (value - low)) / (high - low);
  const rows = inOrder(column, answer).map((point) => {
    const [p10, p25, p75, p90] = [point.p10, point.p25, point.p75, point.p90].map((values) =>
      across(at(values, answer)),
    ) as [number, number, number, number];
    const mean = across(at(point.mean, answer));
    const bar = (name: string, start: number, end: number, top: number): string =>
      `<rect class="${name}" x="${start.toFixed(2)}" y="${top}" width="${Math.max(0.5, end - start).toFixed(2)}" height="${10 - 2 * top}"/>`;
    return (
      `<div class="bar"><span class="bar-label">${text(place(point))}</span>` +
      `<svg class="track" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">` +
      `<rect class="bar-ground" width="100" height="10" rx="1"/>` +
      bar('spread-most', p10, p90, 1.5) +
      bar('spread-half', p25, p75, 1.5) +
      bar('mean', Math.min(mean, 99) - 0.6, Math.min(mean, 99) + 0.6, 0) +
      `</svg><span class="bar-value">${text(say(at(point.mean, answer)))}</span></div>`
    );
  });
  return rows.join('');
}

/** The figures of a picture, of all answers where they are few. */
function numbers(
  column: ColumnDependence,
  answers: readonly string[],
  classes: boolean,
  { answer, say }: Shown,
): string {
  const others = answers.length <= kMostClasses ? answers.map((_, a) => a) : [answer];
  const means = others.map((a) => (answers.length > 1 ? `mean, ${answers[a]}` : 'mean'));
  const headings = [column.column, ...means, 'half of the rows', 'four in five'];
  const rows = inOrder(column, answer).map((point) => [
    `${text(place(point))}${point.share > 0 ? ` <span class="soft small">${percent(point.share)} of rows</span>` : ''}`,
    ...others.map((a) => say(at(point.mean, a))),
    `${say(at(point.p25, answer))} to ${say(at(point.p75, answer))}`,
    `${say(at(point.p10, answer))} to ${say(at(point.p90, answer))}`,
  ]);
  const of = classes && answers.length > 1 ? ` (ranges of “${answers[answer]}”)` : '';
  return `<details><summary>The figures${text(of)}</summary>${table(
    headings,
    rows,
    headings.map((_, i) => i).slice(1),
  )}</details>`;
}
