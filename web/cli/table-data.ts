// Reads the CSV that a tree, forest or other table model learns from: any columns, one of them the
// target. Says of each what it is, and refuses with line and column what would be learnt wrongly.
import { statSync } from 'node:fs';
import path from 'node:path';
import { Int32Column } from './columns.js';
import type { DayOrder } from './csv/dates.js';
import { headerKey } from './csv/headers.js';
import { inspectSource } from './csv/source.js';
import { readTable, type TableFacts } from './csv/table.js';
import { CliError, listed, quoted } from './errors.js';
import {
  type ColumnOptions,
  ColumnReader,
  chosen,
  classesOfNumbers,
  distinctValues,
  OddCell,
  type TableColumn,
} from './table-column.js';
import { counted } from './terminal.js';

export interface TableDataOptions {
  target: string;
  /** undefined: as the target looks; outcome: a number, or yes and no as 1 and 0. */
  task: 'classify' | 'regress' | 'outcome' | undefined;
  /** A column that must be there and tell who was treated how. */
  treatment?: string | undefined;
  /** A file to test on, with the same columns. */
  test: string | undefined;
  /** A column that must be there and hold dates or numbers. */
  time: string | undefined;
  categories: readonly string[];
  leftOut: readonly string[];
  /** To be used although they look like ids or leaks. */
  keep: readonly string[];
  missing: readonly string[];
  encoding: string | undefined;
  dates: DayOrder | undefined;
  /** What can be done about text among numbers; --missing and --category unless told. */
  advice?: string | undefined;
  progress: (file: string) => (done: number, total: number) => void;
}

export interface TableData {
  facts: TableFacts;
  columns: TableColumn[];
  /** Places in `columns`. */
  target: number;
  time: number | undefined;
  treatment: number | undefined;
  task: 'classify' | 'regress';
  rows: number;
  /** Of each row, its line in its file. */
  lines: Int32Array;
  /** As the file writes them. */
  keep: readonly string[];
  /** The last of the rows that come from the test file; 0 without one. */
  testRows: number;
  /** Columns and rows that were not given to the trainer, in words. */
  leftOut: { reason: string; count: number }[];
  /** Columns that never reach the trainer, with the reason. */
  ignored: { name: string; reason: string }[];
  notes: string[];
}

const kAdvice = '--missing says that it means nothing, --category that the column holds words';
const kMostBytes = 2e9;
/** Numbers that the trainer can hold beside its own. */
const kMostCells = 60_000_000;
const kMostClasses = 1000;
const kMostColumns = 10_000;
const kMostArms = 20;

/** Reads one file or two. Rejects with a CliError that names file, line and column. */
export async function readTableData(file: string, options: TableDataOptions): Promise<TableData> {
  const collector = new Collector(options);
  const facts = await collector.read(file);
  const trainingRows = collector.rows;
  if (options.test !== undefined) await collector.read(options.test);
  return collector.finish(facts, trainingRows);
}

/** Before a file is looked through for its encoding: ten gigabytes would take minutes. */
function refuseLarge(file: string): void {
  let bytes = 0;
  try {
    bytes = statSync(file).size;
  } catch {
    return; // the reader says it better
  }
  if (bytes <= kMostBytes) return;
  throw new CliError('invalid-input', 'the file is too large to be learnt from at once', {
    file: path.basename(file),
    expected: `at most ${kMostBytes / 1e9} GB: some of the rows, drawn by chance, teach as much`,
    found: `${(bytes / 1e9).toFixed(1)} GB`,
  });
}

class Collector {
  rows = 0;
  private names_: string[] = [];
  private keep_: string[] = [];
  private readers_: ColumnReader[] = [];
  /** Where the columns stand in the file that is being read. */
  private places_: number[] = [];
  private readonly lines_ = new Int32Column();
  private readonly files_: { file: string; firstRow: number }[] = [];
  private notes_: string[] = [];

  constructor(private readonly options_: TableDataOptions) {}

  async read(filePath: string): Promise<TableFacts> {
    refuseLarge(filePath);
    const { encoding, progress } = this.options_;
    const source = await inspectSource(filePath, encoding);
    const { file } = source;
    // Guessing an encoding is no basis to learn from: the guess is offered, and the place shown.
    const guessed = encoding === undefined && !source.encoding.startsWith('utf');
    const told = guessed ? 'utf-8' : source.encoding;
    const advice = guessed
      ? `UTF-8, or --encoding ${source.encoding}, as it seems to be`
      : `text in ${source.encoding}`;
    const checkText = (text: string, line: number, column: string): void => {
      if (text.includes('\0')) {
        throw new CliError('invalid-input', 'a cell holds a byte of 0: the file is damaged', {
          file,
          place: `line ${line}, column ${column}`,
          expected: 'text',
          found: quoted(text.replaceAll('\0', '\ufffd')),
        });
      }
      if (!text.includes('\ufffd')) return;
      throw new CliError('invalid-input', `this is not ${told.toUpperCase()}`, {
        file,
        place: `line ${line}, column ${column}`,
        expected: advice,
        found: quoted(text),
      });
    };
    this.files_.push({ file, firstRow: this.rows });
    let columns = 0;
    return await readTable(
      filePath,
      { columns: [], encoding: told, progress: progress(filePath) },
      {
        header: (header) => {
          columns = header.names.length;
          header.names.forEach((name, i) => {
            checkText(name, 1, String(i + 1));
          });
          const names = header.names.map((name, i) => (name === '' ? `column ${i + 1}` : name));
          this.takeHeader(names, file);
        },
        row: (fields, line) => {
          if ((this.rows + 1) * columns > kMostCells) throw tooManyCells(file, columns);
          this.lines_.push(line);
          ++this.rows;
          for (const [c, reader] of this.readers_.entries()) {
            const place = this.places_[c] as number;
            const cell = fields[place] as string;
            checkText(cell, line, `${place + 1} (${quoted(reader.name)})`);
            try {
              reader.push(cell);
            } catch (error) {
              throw this.inPlace(error);
            }
          }
        },
      },
    );
  }

  private takeHeader(names: readonly string[], file: string): void {
    if (names.length > kMostColumns) {
      throw new CliError('invalid-input', 'the table has too many columns to learn from', {
        file,
        place: `line 1, column ${kMostColumns + 1}`,
        expected: `at most ${counted(kMostColumns, 'column')}: leave out those that tell least`,
        found: counted(names.length, 'column'),
      });
    }
    const place = new Map(names.map((name, i) => [name, i]));
    const twice = names.find((name, i) => place.get(name) !== i);
    if (twice !== undefined) {
      throw new CliError('invalid-input', 'two columns have the same name', {
        file,
        place: `line 1, column ${names.lastIndexOf(twice) + 1}`,
        expected: 'a name of its own for each column',
        found: quoted(twice),
      });
    }
    if (this.readers_.length > 0) {
      this.places_ = this.names_.map((name) => {
        const at = names.indexOf(name);
        if (at < 0) throw noColumn(file, name, names);
        return at;
      });
      return;
    }
    const { target, time, treatment, categories, leftOut, keep, missing, dates } = this.options_;
    const find = (name: string): string => findName(names, name, file);
    const out = new Set(leftOut.map(find));
    const wanted = find(target);
    const texts = new Set(categories.map(find));
    this.keep_ = keep.map(find);
    const needed = [{ name: wanted, place: '--target' }];
    if (time !== undefined) needed.push({ name: find(time), place: '--time' });
    if (treatment !== undefined) needed.push({ name: find(treatment), place: '--treatment' });
    for (const { name, place } of needed) {
      if (out.has(name))
        throw new CliError('usage', 'this column is needed', { place, found: name });
    }
    this.names_ = names.filter((name) => !out.has(name));
    this.places_ = this.names_.map((name) => names.indexOf(name));
    this.readers_ = this.names_.map((name) => {
      const of: ColumnOptions = { missing: new Set(missing), category: texts.has(name), dates };
      return new ColumnReader(name, of);
    });
  }

  /** An OddCell as an error with its file, line and column. */
  private inPlace(error: unknown): unknown {
    if (!(error instanceof OddCell)) return error;
    const what = error.expected.startsWith('a date') ? 'dates' : 'numbers';
    return this.inPlaceOf(
      error.row,
      error.column,
      `text in a column of ${what}; ${this.options_.advice ?? kAdvice}`,
      error.expected,
      quoted(error.found),
    );
  }

  /** An error that names the file, line and column of a cell. */
  private inPlaceOf(
    row: number,
    column: string,
    summary: string,
    expected: string,
    found: string,
  ): CliError {
    const file = this.files_.findLast(({ firstRow }) => firstRow <= row)?.file ?? '';
    const line = this.lines_.view()[row] as number;
    const place = (this.places_[this.names_.indexOf(column)] as number) + 1;
    return new CliError('invalid-input', summary, {
      file,
      place: `line ${line}, column ${place} (${quoted(column)})`,
      expected,
      found,
    });
  }

  finish(facts: TableFacts, trainingRows: number): TableData {
    const ignored: TableData['ignored'] = [];
    const columns: TableColumn[] = [];
    for (const reader of this.readers_) {
      let column: TableColumn | undefined;
      try {
        column = reader.finish();
      } catch (error) {
        throw this.inPlace(error);
      }
      if (column === undefined) {
        ignored.push({ name: reader.name, reason: 'too many different texts' });
      } else {
        columns.push(column);
        this.notes_.push(...column.notes.map((note) => `${column.name}: ${note}`));
      }
    }
    const wanted = findName(this.names_, this.options_.target, facts.file);
    let target = columns.findIndex(({ name }) => name === wanted);
    if (target < 0) throw notAClass(facts.file, wanted, 'more different texts than can be counted');
    const before = (columns[target] as TableColumn).cells;
    const { kept, testRows } = this.rowsWithTarget(before, trainingRows);
    const missing = before.length - kept.length;
    const leftOut = facts.problems.map(({ summary, count }) => ({ reason: summary, count }));
    if (missing > 0) {
      leftOut.push({ reason: `the target ${quoted(wanted)} is missing`, count: missing });
      for (const column of columns) column.cells = chosen(column.cells, kept);
    }
    const task = this.prepareTarget(columns, target, facts.file);
    target = columns.findIndex(({ name }) => name === wanted);
    const timeName = this.options_.time;
    const time =
      timeName === undefined
        ? undefined
        : columns.findIndex(({ name }) => name === findName(this.names_, timeName, facts.file));
    if (time !== undefined) checkTime(columns[time], timeName as string, facts.file);
    const treatment = this.prepareTreatment(columns, kept, facts.file);
    if (treatment === target) {
      throw new CliError('usage', 'the treatment cannot be the target', { place: '--treatment' });
    }
    return {
      facts,
      columns,
      target,
      time,
      treatment,
      task,
      rows: kept.length,
      lines: kept.map((row) => this.lines_.view()[row] as number),
      keep: this.keep_,
      testRows,
      leftOut,
      ignored,
      notes: this.notes_,
    };
  }

  private rowsWithTarget(
    cells: Float64Array,
    trainingRows: number,
  ): { kept: Int32Array; testRows: number } {
    const kept = new Int32Column();
    let testRows = 0;
    for (const [row, value] of cells.entries()) {
      if (Number.isNaN(value)) continue;
      kept.push(row);
      if (row >= trainingRows) ++testRows;
    }
    return { kept: kept.view(), testRows };
  }

  /** The place of the treatment's column, which becomes a category (or stays yes and no). */
  private prepareTreatment(
    columns: TableColumn[],
    kept: Int32Array,
    file: string,
  ): number | undefined {
    if (this.options_.treatment === undefined) return undefined;
    const name = findName(this.names_, this.options_.treatment, file);
    const at = columns.findIndex((column) => column.name === name);
    const place = `column ${quoted(name)}`;
    const refuse = (summary: string, expected: string, found: string): never => {
      throw new CliError('invalid-input', summary, { file, place, expected, found });
    };
    const noArms = 'the treatment has no arms';
    const expected = `the control and at most ${kMostArms} treatments`;
    if (at < 0) return refuse(noArms, expected, 'many different texts');
    const column = columns[at] as TableColumn;
    const missing = column.cells.findIndex(Number.isNaN);
    if (missing >= 0) {
      throw this.inPlaceOf(
        kept[missing] as number,
        name,
        'it is not said how this row was treated',
        'a name or number of an arm',
        'an empty cell',
      );
    }
    if (column.kind === 'date') refuse(noArms, expected, 'dates');
    const values = distinctValues(column.cells, kMostArms + 1);
    if (values.size > kMostArms + 1) refuse(noArms, expected, 'more different values');
    const arms = column.kind === 'number' ? classesOfNumbers(column) : column;
    if (values.size < 2) {
      const only = arms.levels?.[arms.cells[0] ?? 0] ?? '';
      refuse(
        'one arm alone has nothing to be compared with',
        'treated rows and a control',
        `${quoted(only)} in ${counted(column.cells.length, 'row')}`,
      );
    }
    columns[at] = arms;
    return at;
  }

  /** Decides between classes and a number, and brings the target into that shape. */
  private prepareTarget(
    columns: TableColumn[],
    target: number,
    file: string,
  ): 'classify' | 'regress' {
    const column = columns[target] as TableColumn;
    const { task } = this.options_;
    const place = `column ${quoted(column.name)}`;
    if (column.cells.length === 0) {
      throw new CliError('invalid-input', 'the target is empty in every row', { file, place });
    }
    const refuse = (expected: string): never => {
      throw new CliError('invalid-input', 'the target does not fit', {
        file,
        place,
        expected,
        found: `a ${column.kind}`,
      });
    };
    if (task === 'outcome') {
      if (column.kind !== 'number' && column.kind !== 'boolean') refuse('numbers, or yes and no');
      const outcomes = distinctValues(column.cells, 2);
      if (outcomes.size < 2) throw oneValue(file, column, outcomes, 'number');
      return 'regress';
    }
    if (column.kind === 'date') refuse('classes or numbers');
    const values = distinctValues(column.cells, kMostClasses);
    if (column.kind !== 'number') {
      if (task === 'regress') refuse('numbers (--regress)');
    } else if (task !== 'classify') {
      const codes = [...values].every(Number.isInteger) && values.size <= 20;
      const classes = values.size <= 2 || (codes && values.size * 5 <= column.cells.length);
      if (task === 'regress' || !classes) {
        if (values.size < 2) throw oneValue(file, column, values, 'number');
        return 'regress';
      }
      this.notes_.push(
        `${column.name} has ${values.size} different whole numbers, which are taken for classes (--regress for numbers)`,
      );
    }
    if (values.size < 2) throw oneValue(file, column, values, 'class');
    if (values.size > kMostClasses) {
      throw notAClass(file, column.name, `more than ${kMostClasses} different values`);
    }
    if (column.kind === 'number') columns[target] = classesOfNumbers(column);
    return 'classify';
  }
}

function findName(names: readonly string[], wanted: string, file: string): string {
  if (names.includes(wanted)) return wanted;
  const alike = names.filter((name) => headerKey(name) === headerKey(wanted));
  if (alike.length === 1) return alike[0] as string;
  throw noColumn(file, wanted, names);
}

function noColumn(file: string, wanted: string, names: readonly string[]): CliError {
  return new CliError('invalid-input', `there is no column ${quoted(wanted)}`, {
    file,
    place: 'line 1',
    expected: 'one of the columns of the header',
    found: listed(
      names.map((name) => quoted(name)),
      20,
    ),
  });
}

function notAClass(file: string, name: string, found: string): CliError {
  return new CliError('invalid-input', 'the target has no classes to learn', {
    file,
    place: `column ${quoted(name)}`,
    expected: 'values that repeat, or numbers',
    found,
  });
}

function oneValue(
  file: string,
  column: TableColumn,
  values: ReadonlySet<number>,
  what: 'class' | 'number',
): CliError {
  const [only = 0] = values;
  const text = column.levels === undefined ? String(only) : (column.levels[only] ?? '');
  return new CliError('invalid-input', `the target is the same in every row`, {
    file,
    place: `column ${quoted(column.name)}`,
    expected: what === 'class' ? 'two classes or more' : 'different numbers',
    found: `${quoted(text)} in ${counted(column.cells.length, 'row')}`,
  });
}

function checkTime(column: TableColumn | undefined, name: string, file: string): void {
  if (column !== undefined && (column.kind === 'date' || column.kind === 'number')) return;
  throw new CliError('invalid-input', 'the column for --time holds no times', {
    file,
    place: `column ${quoted(name)}`,
    expected: 'dates or numbers',
    found: column === undefined ? 'texts' : `a ${column.kind}`,
  });
}

function tooManyCells(file: string, columns: number): CliError {
  return new CliError('invalid-input', 'the table is too large to be learnt from at once', {
    file,
    expected: `at most ${counted(Math.floor(kMostCells / columns), 'row')} of ${counted(columns, 'column')}: some of the rows, drawn by chance, teach as much`,
    found: 'more',
  });
}
