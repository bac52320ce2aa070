// Streaming a CSV file row by row: papaparse splits it, this file finds the delimiter, matches the
// header, keeps the line numbers and looks after broken rows. A row lives for one call only.
import { Readable } from 'node:stream';
import Papa from 'papaparse';
import { CliError, listed, quoted } from '../errors.js';
import { type ColumnSpec, Header, headerKey } from './headers.js';
import { type Problem, Problems } from './problems.js';
import { inspectSource, type ReadProgress, readText, type Source } from './source.js';

export interface TableOptions {
  /** Columns wanted, the most certain first; may depend on the header's keys. */
  columns: readonly ColumnSpec[] | ((keys: ReadonlySet<string>) => readonly ColumnSpec[]);
  encoding?: string | undefined;
  progress?: ReadProgress | undefined;
}

export interface TableSink {
  header(header: Header, problems: Problems): void;
  /** `fields` has at least as many entries as the header; `line` counts from 1. */
  row(fields: readonly string[], line: number): void;
}

/** What was read, for messages and the report. */
export interface TableFacts {
  file: string;
  bytes: number;
  encoding: string;
  delimiter: string;
  rows: number;
  /** Our name for a column -> the file's. */
  columns: Record<string, string>;
  problems: Problem[];
}

const kDelimiters = [',', ';', '\t', '|'] as const;
/** A quoted cell longer than this is a quote that was never closed. */
const kLongestRow = 4_000_000;
const kSniffedLength = 64 * 1024;

/** Reads a whole table; rejects with a CliError that names file, line and column. */
export async function readTable(
  filePath: string,
  options: TableOptions,
  sink: TableSink,
): Promise<TableFacts> {
  const source = await inspectSource(filePath, options.encoding);
  const start = await firstText(source);
  const delimiter = findDelimiter(start);
  const problems = new Problems(source.file);
  let header: Header | undefined;
  let columns: readonly ColumnSpec[] = [];
  let rows = 0;
  let line = 1;
  let textSinceRow = 0;

  const take = (fields: string[], malformed: string | undefined): void => {
    const here = line;
    line += 1 + countLineBreaks(fields);
    if (fields.length <= 1 && (fields[0] ?? '').trim() === '') return;
    if (header === undefined) {
      // Excel writes "sep=;" before the header when asked to.
      if (here === 1 && /^sep=.$/i.test(fields.join(delimiter))) return;
      const keys = new Set(fields.map(headerKey));
      columns = typeof options.columns === 'function' ? options.columns(keys) : options.columns;
      header = new Header(fields, columns, source.file);
      sink.header(header, problems);
      return;
    }
    ++rows;
    const wanted = header.names.length;
    if (malformed !== undefined) {
      problems.add('a quote in the wrong place', here, '', 'quotes around whole cells', malformed);
      return;
    }
    if (fields.length > wanted && fields.slice(wanted).some((field) => field.trim() !== '')) {
      problems.add(
        'the row has more cells than the header',
        here,
        String(wanted + 1),
        `${wanted} cells (a cell that contains "${shown(delimiter)}" needs quotes)`,
        `${fields.length} cells, the first too many is ${quoted(fields[wanted] ?? '')}`,
      );
      return;
    }
    while (fields.length < wanted) fields.push('');
    sink.row(fields, here);
  };

  const feed = Readable.from(
    (async function* () {
      for await (const text of readText(source, options.progress)) {
        textSinceRow += text.length;
        if (textSinceRow > kLongestRow) throw unclosedQuote(source.file, line);
        yield text;
      }
    })(),
  );
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(feed, {
      delimiter,
      newline: '\n',
      chunk(results) {
        const broken = new Map<number, string>();
        for (const error of results.errors) {
          if (error.type !== 'Quotes') continue;
          if (error.code === 'MissingQuotes') {
            throw unclosedQuote(source.file, line + linesBefore(results.data, error.row ?? 0));
          }
          broken.set(error.row ?? 0, error.message);
        }
        if (results.data.length > 0) textSinceRow = 0;
        for (const [index, fields] of results.data.entries()) take(fields, broken.get(index));
      },
      complete: () => resolve(),
      error: (error) => reject(error),
    });
  }).finally(() => feed.destroy());

  if (header === undefined) {
    throw new CliError('invalid-input', 'the file has no header', { file: source.file });
  }
  if (rows === 0) {
    throw new CliError('invalid-input', 'the file has a header but no rows', {
      file: source.file,
      found: listed((header as Header).names.map((name) => quoted(name))),
    });
  }
  problems.refuseIfMany(rows);
  return {
    file: source.file,
    bytes: source.bytes,
    encoding: source.encoding,
    delimiter,
    rows,
    columns: Object.fromEntries(
      columns
        .filter((column) => (header as Header).has(column.name))
        .map((column) => [column.name, (header as Header).original(column.name)]),
    ),
    problems: problems.list(),
  };
}

/** The keys of a file's header, read from its first lines alone. */
export async function peekHeader(filePath: string, encoding?: string): Promise<Set<string>> {
  const source = await inspectSource(filePath, encoding);
  const start = await firstText(source);
  const delimiter = findDelimiter(start);
  const rows = Papa.parse<string[]>(start.replace(/^sep=.\n/i, ''), {
    delimiter,
    newline: '\n',
    preview: 1,
  }).data;
  return new Set((rows[0] ?? []).map(headerKey));
}

async function firstText(source: Source): Promise<string> {
  let start = '';
  for await (const text of readText(source)) {
    start += text;
    if (start.length >= kSniffedLength) break;
  }
  return start.slice(0, kSniffedLength);
}

/** The delimiter that cuts the first rows into the most equal numbers of cells. */
function findDelimiter(start: string): string {
  const announced = /^sep=(.)\n/i.exec(start)?.[1];
  if (announced !== undefined) return announced;
  let best = ',';
  let bestScore = 0;
  for (const delimiter of kDelimiters) {
    const sample = Papa.parse<string[]>(start, { delimiter, newline: '\n', preview: 20 }).data;
    const rows = sample.filter((row) => row.length > 1 || row[0] !== '');
    const cells = rows[0]?.length ?? 0;
    if (cells < 2) continue;
    const alike = rows.filter((row) => row.length === cells).length / rows.length;
    const score = alike * (1 + Math.log(cells));
    if (score > bestScore) {
      bestScore = score;
      best = delimiter;
    }
  }
  return best;
}

function countLineBreaks(fields: readonly string[]): number {
  let count = 0;
  for (const field of fields) {
    for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) ++count;
  }
  return count;
}

function linesBefore(rows: readonly string[][], end: number): number {
  return rows.slice(0, end).reduce((sum, row) => sum + 1 + countLineBreaks(row), 0);
}

function unclosedQuote(file: string, line: number): CliError {
  return new CliError('invalid-input', 'a quote is opened and never closed', {
    file,
    place: `line ${line}`,
    expected: 'a second " at the end of the cell (a " inside a cell is written "")',
    found: 'the end of the file inside the cell',
  });
}

function shown(delimiter: string): string {
  return delimiter === '\t' ? 'tab' : delimiter;
}
