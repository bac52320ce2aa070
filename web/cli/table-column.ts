// One column of a table to learn from: takes cells one by one and finds out what they are (numbers,
// yes or no, dates, categories) from all of them. What is empty, or says that nothing is known, is
// missing.
import { Float64Column, Int32Column, Interner } from './columns.js';
import { DateColumn, type DayOrder } from './csv/dates.js';
import { NumberColumn } from './csv/numbers.js';

export type ColumnKind = 'number' | 'boolean' | 'date' | 'category';

/** A column as the trainer takes it (wasm/train.h). */
export interface TableColumn {
  name: string;
  kind: ColumnKind;
  /** [rows]; NaN is missing. */
  cells: Float64Array;
  /** Of a category, sorted; of a boolean, what false and true are called. */
  levels?: string[];
  /** What had to be decided, in words. */
  notes: string[];
}

/** A cell that does not fit the others. */
export class OddCell extends Error {
  constructor(
    readonly row: number,
    readonly expected: string,
    readonly found: string,
    readonly column: string,
  ) {
    super(`${column}: ${found}`);
  }
}

/** Missing in any column; compared in lower case. */
const kMissing = new Set(['', 'na', 'n/a', 'nan', 'null', '<na>', '#n/a', '?']);
/** Missing among numbers and dates; among words they are words. */
const kWeakMissing = new Set(['none', '-', '--', 'unknown']);

/** Whether a cell says, in any column, that nothing is known. */
export function isMissing(text: string): boolean {
  return kMissing.has(text.toLowerCase());
}

const kBooleans = [
  ['false', 'true'],
  ['no', 'yes'],
  ['n', 'y'],
  ['f', 't'],
  ['off', 'on'],
  ['nein', 'ja'],
  ['non', 'oui'],
  ['否', '是'],
] as const;

/** With so many different values a column of numbers or dates is nothing else. */
const kSureAfter = 10_000;
/** With more, texts are no categories. */
const kMostLevels = 100_000;

const kPlainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const kLetter = /\p{L}/u;
const kLargest = 3.4e38;

export interface ColumnOptions {
  /** Texts that mean "missing" besides the usual ones. */
  missing: ReadonlySet<string>;
  /** Whether the column is to be a category whatever its cells look like. */
  category: boolean;
  dates?: DayOrder | undefined;
}

export class ColumnReader {
  private readonly numbers_ = new NumberColumn();
  private readonly levels_ = new Interner();
  private readonly codes_ = new Int32Column();
  /** By level: whether it is a number. */
  private readonly numeric_: boolean[] = [];
  private dates_: DateColumn | undefined;
  private state_: 'open' | 'numbers' | 'dates' | 'texts' = 'open';
  private rows_ = 0;

  constructor(
    readonly name: string,
    private readonly options_: ColumnOptions,
  ) {}

  /** Takes the next row's cell. Throws OddCell for one that does not fit what is certain by now. */
  push(cell: string): void {
    const row = this.rows_++;
    const text = cell.trim();
    const lower = text.length <= 7 ? text.toLowerCase() : '';
    const missing =
      text === '' || (lower !== '' && kMissing.has(lower)) || this.options_.missing.has(text);
    if (this.state_ === 'texts') return;
    if (this.state_ === 'dates') {
      const known = missing || kWeakMissing.has(lower);
      if (!this.dates_?.push(known ? '' : text)) throw this.odd(row, 'a date', text);
      return;
    }
    const unknown = missing || (lower !== '' && kWeakMissing.has(lower));
    const isNumber = this.pushNumber(unknown ? '' : text);
    if (this.state_ === 'numbers') {
      if (!isNumber) throw this.odd(row, 'a number', text);
      return;
    }
    const code = missing ? -1 : this.levels_.add(text);
    this.codes_.push(code);
    if (code === this.numeric_.length) this.numeric_.push(isNumber);
    if (this.levels_.size > kSureAfter && code === this.levels_.size - 1) this.decideEarly();
  }

  /** False, and NaN kept, when the text is no number. */
  private pushNumber(text: string): boolean {
    if (!kPlainNumber.test(text) && kLetter.test(text)) {
      this.numbers_.push('');
      return false;
    }
    return this.numbers_.push(text);
  }

  /** Keeps the words out of memory once it is sure that they are not words. */
  private decideEarly(): void {
    if (this.options_.category) {
      if (this.levels_.size > kMostLevels) this.state_ = 'texts';
      return;
    }
    if (this.levels_.size === kSureAfter + 1) {
      if (this.numeric_.every(Boolean)) {
        this.state_ = 'numbers';
      } else if (this.dateShare() === 1) {
        this.dates_ = this.datesOfCodes();
        this.state_ = 'dates';
      }
    } else if (this.levels_.size > kMostLevels) {
      this.state_ = 'texts';
    }
  }

  private weak(code: number): boolean {
    return kWeakMissing.has((this.levels_.values[code] as string).toLowerCase());
  }

  /** Of the levels that say something, the share that are dates. */
  private dateShare(): number {
    const trial = new DateColumn();
    let dates = 0;
    let all = 0;
    for (const [code, level] of this.levels_.values.entries()) {
      if (this.weak(code)) continue;
      ++all;
      // Numbers alone are numbers: days of the year and prices would pass for times.
      if (!this.numeric_[code] && trial.push(level)) ++dates;
    }
    return all === 0 ? 0 : dates / all;
  }

  private datesOfCodes(): DateColumn {
    const dates = new DateColumn();
    for (const [row, code] of this.codes_.view().entries()) {
      const text = code < 0 || this.weak(code) ? '' : (this.levels_.values[code] as string);
      if (!dates.push(text)) throw this.odd(row, 'a date', text);
    }
    return dates;
  }

  private odd(row: number, expected: string, found: string): OddCell {
    return new OddCell(row, expected, found, this.name);
  }

  /** The column; call once. Throws OddCell. Undefined when it holds texts that are no categories. */
  finish(): TableColumn | undefined {
    if (this.state_ === 'texts') return undefined;
    if (this.state_ === 'numbers') return this.finishNumbers();
    if (this.state_ === 'dates') return this.finishDates(this.dates_ as DateColumn);
    if (this.options_.category) return this.finishCategory();
    const boolean = this.booleanLevels();
    if (boolean !== undefined) return this.finishBoolean(boolean);
    if (this.looksNumeric()) return this.finishNumbers();
    if (this.dateShare() >= 0.8) return this.finishDates(this.datesOfCodes());
    return this.finishCategory();
  }

  /** Mostly numbers: then what is none is a mistake, unless the numbers are codes themselves. */
  private looksNumeric(): boolean {
    const known = this.levels_.values.map((_, code) => !this.weak(code));
    const isNumber = this.numeric_.map((numeric, code) => numeric && known[code] === true);
    const counts = new Float64Array(this.levels_.size);
    for (const code of this.codes_.view()) {
      if (code >= 0) counts[code] = (counts[code] as number) + 1;
    }
    let cells = 0;
    let numbers = 0;
    let levels = 0;
    for (const [code, count] of counts.entries()) {
      if (known[code]) cells += count;
      if (isNumber[code]) {
        numbers += count;
        ++levels;
      }
    }
    if (cells === 0 || numbers === cells) return true;
    return numbers >= 0.8 * cells && (levels > 10 || levels >= 0.5 * numbers);
  }

  private finishNumbers(): TableColumn {
    const odd = this.codes_
      .view()
      .findIndex((code) => code >= 0 && !this.numeric_[code] && !this.weak(code));
    if (odd >= 0) {
      const text = this.levels_.values[this.codes_.view()[odd] as number] as string;
      throw this.odd(odd, 'a number', text);
    }
    const cells = this.numbers_.finish().slice();
    const large = cells.findIndex((value) => Math.abs(value) > kLargest);
    if (large >= 0) throw this.odd(large, 'a number below 3.4e38', String(cells[large]));
    return { name: this.name, kind: 'number', cells, notes: [] };
  }

  private finishDates(dates: DateColumn): TableColumn {
    const { seconds, notes } = dates.finish(this.options_.dates);
    return { name: this.name, kind: 'date', cells: seconds.map((s) => s / 86400), notes };
  }

  private booleanLevels(): readonly [string, string] | undefined {
    const levels = this.levels_.values.map((level) => level.toLowerCase());
    if (levels.length === 0) return undefined;
    const pair = kBooleans.find(([no, yes]) =>
      levels.every((level) => level === no || level === yes),
    );
    if (pair === undefined) return undefined;
    const text = (name: string): string => this.levels_.values[levels.indexOf(name)] ?? name;
    return [text(pair[0]), text(pair[1])];
  }

  private finishBoolean(levels: readonly [string, string]): TableColumn {
    // "Yes" is the same as "yes".
    const yes = levels[1].toLowerCase();
    const places = this.levels_.values.map((level) => (level.toLowerCase() === yes ? 1 : 0));
    const cells = Float64Array.from(this.codes_.view(), (code) =>
      code < 0 ? Number.NaN : (places[code] as number),
    );
    return { name: this.name, kind: 'boolean', cells, levels: [...levels], notes: [] };
  }

  private finishCategory(): TableColumn {
    return category(this.name, this.levels_.values, this.codes_.view(), byText);
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function category(
  name: string,
  values: readonly string[],
  codes: Int32Array,
  order: (a: string, b: string) => number,
): TableColumn {
  const levels = [...values].sort(order);
  const place = new Map(levels.map((level, i) => [level, i]));
  const places = values.map((level) => place.get(level) as number);
  const cells = Float64Array.from(codes, (code) =>
    code < 0 ? Number.NaN : (places[code] as number),
  );
  return { name, kind: 'category', cells, levels, notes: [] };
}

/** A column of numbers whose values are names of classes, the smallest first. */
export function classesOfNumbers(column: TableColumn): TableColumn {
  const interner = new Interner();
  const codes = new Int32Column();
  for (const value of column.cells) {
    codes.push(Number.isNaN(value) ? -1 : interner.add(String(value)));
  }
  const sorted = category(
    column.name,
    interner.values,
    codes.view(),
    (a, b) => Number(a) - Number(b),
  );
  return { ...sorted, notes: column.notes };
}

/** The different values of a column that are there; at most `limit` and one more. */
export function distinctValues(cells: Float64Array, limit: number): Set<number> {
  const seen = new Set<number>();
  for (const value of cells) {
    if (!Number.isNaN(value)) seen.add(value);
    if (seen.size > limit) break;
  }
  return seen;
}

/** The cells of `rows`, in their order. */
export function chosen(cells: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Column();
  for (const row of rows) out.push(cells[row] as number);
  return out.view().slice();
}
