// Reads labelled texts, a CSV `text,label`, for training and judging a classifier. Texts come out in
// the form that the engine wants (NFKC, lower case).
import { Interner } from './columns.js';
import type { ColumnSpec, Header } from './csv/headers.js';
import type { Problems } from './csv/problems.js';
import type { ReadProgress } from './csv/source.js';
import { readTable, type TableFacts } from './csv/table.js';
import { CliError, quoted } from './errors.js';
import { normalised } from './languages.js';

export interface Examples {
  /** Normalised. */
  texts: string[];
  /** Positions in `names`; -1 for out of scope. */
  labels: number[];
  /** The labels, in the order of first sight. */
  names: string[];
}

export interface ReadExamples extends Examples {
  facts: TableFacts;
}

export interface ExamplesOptions {
  encoding?: string | undefined;
  textColumn?: string | undefined;
  labelColumn?: string | undefined;
  /** Texts with this label are out of scope. */
  outOfScopeLabel?: string | undefined;
  progress?: ReadProgress | undefined;
}

const kTextNames = [
  'question',
  'utterance',
  'query',
  'sentence',
  'message',
  'phrase',
  'review',
  'content',
  'body',
  'instruction',
  '文本',
  '内容',
  '问题',
  '评论',
];
const kLabelNames = [
  'intent',
  'category',
  'class',
  'target',
  'topic',
  'cat',
  '标签',
  '类别',
  '分类',
  'id',
];

export async function readExamples(
  filePath: string,
  options: ExamplesOptions = {},
): Promise<ReadExamples> {
  const reader = new ExampleReader(options.outOfScopeLabel);
  const facts = await readTable(
    filePath,
    {
      columns: [
        wanted('text', options.textColumn, kTextNames),
        wanted('label', options.labelColumn, kLabelNames),
      ],
      encoding: options.encoding,
      progress: options.progress,
    },
    reader,
  );
  if (reader.examples.texts.length === 0) {
    throw new CliError('invalid-input', 'no labelled text is left', { file: facts.file });
  }
  return { ...reader.examples, facts };
}

/** Texts alone: questions that are out of scope. */
export async function readTexts(filePath: string, encoding?: string): Promise<string[]> {
  const texts: string[] = [];
  let at = 0;
  await readTable(
    filePath,
    { columns: [wanted('text', undefined, kTextNames)], encoding },
    {
      header: (header) => {
        at = header.index('text');
      },
      row: (fields) => {
        const text = normalised(fields[at] as string).trim();
        if (text !== '') texts.push(text);
      },
    },
  );
  return texts;
}

function wanted(name: string, chosen: string | undefined, aliases: string[]): ColumnSpec {
  if (chosen === undefined) return { name, aliases, required: true };
  return { name: chosen, required: true };
}

class ExampleReader {
  readonly examples: Examples = { texts: [], labels: [], names: [] };
  private problems_!: Problems;
  private text_ = 0;
  private label_ = 0;
  private textName_ = '';
  private labelName_ = '';
  private readonly names_ = new Interner();

  constructor(private readonly outOfScopeLabel_: string | undefined) {
    this.examples.names = this.names_.values;
  }

  header(header: Header, problems: Problems): void {
    this.problems_ = problems;
    const [text, label] = header.wanted();
    this.text_ = header.index(text as string);
    this.label_ = header.index(label as string);
    this.textName_ = header.original(text as string);
    this.labelName_ = header.original(label as string);
  }

  row(fields: readonly string[], line: number): void {
    const text = (fields[this.text_] as string).trim();
    const label = (fields[this.label_] as string).trim();
    if (text === '') {
      this.problems_.add('the text is empty', line, this.textName_, 'a text', quoted(''));
      return;
    }
    if (label === '') {
      this.problems_.add('the label is empty', line, this.labelName_, 'a label', quoted(''));
      return;
    }
    this.examples.texts.push(normalised(text));
    this.examples.labels.push(label === this.outOfScopeLabel_ ? -1 : this.names_.add(label));
  }
}
