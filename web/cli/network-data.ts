// What a network of pictures or texts learns from, taken out of a table: the pixels of each row in
// the order of the columns, or the words of one column. Refuses with line and column what is neither.
import { textWords } from '../src/text.js';
import { CliError, type CliErrorDetail, quoted, usageError } from './errors.js';
import type { TableColumn } from './table-column.js';
import type { TableData } from './table-data.js';
import { counted } from './terminal.js';

/** Where texts are looked for first. */
const kTextNames =
  /^(text|question|utterance|query|sentence|message|review|content|body|instruction|文本|内容|问题|评论)s?$/i;
const kLookedAt = 500;
const kMostSide = 128;

/** height, width, channels */
export type Shape = [number, number, number];

export type NetworkData =
  | { kind: 'pictures'; shape: Shape; columns: TableColumn[]; target: number }
  /** Of each row the words with one space between. */
  | { kind: 'texts'; name: string; texts: string[]; columns: TableColumn[]; target: number };

export function shapeOf(text: string): Shape {
  const sides = text.toLowerCase().split(/[x×,]/).map(Number);
  const [height = 0, width = 0, channels = 1] = sides;
  const fits =
    sides.length >= 2 &&
    sides.length <= 3 &&
    sides.every((side) => Number.isInteger(side) && side >= 1) &&
    Math.max(height, width) <= kMostSide &&
    channels <= 4;
  if (fits) return [height, width, channels];
  throw usageError('this is no shape of a picture', {
    place: '--shape',
    expected: `height x width x channels, such as 28x28x1; sides up to ${kMostSide}, 1 to 4 channels`,
    found: text,
  });
}

/** Takes texts where there are any, or else pictures. */
export function networkData(
  data: TableData,
  options: { text: string | undefined; shape: Shape | undefined; pictures: boolean },
): NetworkData {
  const { file } = data.facts;
  const target = data.columns[data.target] as TableColumn;
  const others = data.columns.filter((column) => column !== target);
  const tooMany = data.ignored.find(
    ({ name }) => options.text === undefined || name === options.text,
  );
  if (tooMany !== undefined) {
    throw new CliError('invalid-input', 'the column has more different texts than can be read', {
      file,
      place: `column ${quoted(tooMany.name)}`,
      expected: 'up to 100,000, or --drop for a column that is not to be learnt from',
    });
  }
  if (options.shape !== undefined) return picturesOf(data, others, options.shape);
  const text = textColumn(others, options.text, file);
  if (text !== undefined) {
    const texts = (text.levels ?? []).map((level) => textWords(level).join(' '));
    return {
      kind: 'texts',
      name: text.name,
      texts: Array.from(text.cells, (cell) => (Number.isNaN(cell) ? '' : (texts[cell] as string))),
      columns: [target],
      target: 0,
    };
  }
  if (!options.pictures) {
    throw new CliError('invalid-input', 'there is no column of texts', {
      file,
      expected: 'a column of sentences besides the target, or --text COLUMN',
      found:
        others
          .map(({ name, kind }) => `${quoted(name)}: ${kind}`)
          .slice(0, 5)
          .join(', ') || 'the target alone',
    });
  }
  return picturesOf(data, others, undefined);
}

function textColumn(
  columns: readonly TableColumn[],
  wanted: string | undefined,
  file: string,
): TableColumn | undefined {
  const categories = columns.filter(({ kind }) => kind === 'category');
  if (wanted !== undefined) {
    const found = categories.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    throw new CliError('invalid-input', 'the column of texts cannot be the target', {
      file,
      place: `column ${quoted(wanted)}`,
    });
  }
  const named = categories.find(({ name }) => kTextNames.test(name));
  if (named !== undefined) return named;
  const wordy = categories
    .map((column) => {
      const levels = (column.levels ?? []).slice(0, kLookedAt);
      const words = levels.reduce((sum, level) => sum + textWords(level).length, 0);
      return { column, words: words / levels.length };
    })
    .filter(({ words }) => words >= 2);
  return wordy.sort((a, b) => b.words - a.words)[0]?.column;
}

function picturesOf(
  data: TableData,
  pixels: TableColumn[],
  wanted: Shape | undefined,
): NetworkData {
  const { file } = data.facts;
  const refuse = (summary: string, detail: CliErrorDetail): never => {
    throw new CliError('invalid-input', summary, { file, ...detail });
  };
  for (const { name, kind, cells, levels } of pixels) {
    const row =
      kind === 'category'
        ? cells.findIndex((cell) => !Number.isFinite(Number(levels?.[cell] ?? Number.NaN)))
        : cells.findIndex((cell) => kind !== 'number' || Number.isNaN(cell));
    if (kind === 'number' && row < 0) continue;
    const found = levels?.[cells[row] ?? 0];
    refuse('a pixel is no number', {
      place: `line ${data.lines[Math.max(0, row)]}, column ${quoted(name)}`,
      expected:
        'a number in every column but the target; --drop leaves a column out, --text says where texts are',
      found: kind === 'date' ? 'a date' : found === undefined ? 'an empty cell' : quoted(found),
    });
  }
  const count = pixels.length;
  const side = Math.sqrt(count);
  const ofColours = Math.sqrt(count / 3);
  const shape: Shape | undefined =
    wanted ??
    (Number.isInteger(side)
      ? [side, side, 1]
      : Number.isInteger(ofColours)
        ? [ofColours, ofColours, 3]
        : undefined);
  if (shape === undefined || count === 0) {
    return refuse('the pixels make no square picture', {
      expected: '--shape HEIGHTxWIDTHxCHANNELS, or --drop for columns that are no pixels',
      found: counted(count, 'column'),
    });
  }
  if (shape[0] * shape[1] * shape[2] !== count) {
    refuse('the columns do not fill the picture', {
      place: '--shape',
      expected: `${shape.join(' x ')} = ${counted(shape[0] * shape[1] * shape[2], 'column')}`,
      found: counted(count, 'column'),
    });
  }
  if (Math.max(shape[0], shape[1]) > kMostSide) {
    refuse('the pictures are too large to learn from', {
      expected: `sides of up to ${kMostSide} pixels`,
      found: `${shape[0]} x ${shape[1]}`,
    });
  }
  return { kind: 'pictures', shape, columns: data.columns, target: data.target };
}
