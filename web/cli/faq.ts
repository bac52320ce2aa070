// Reads the shop's questions and answers: one row a phrasing, the answer on at least one row of an
// entry and language, or just `question,answer`. Makes faq.json and the examples that the question
// classifier learns from. Questions without any answer are left out and counted.
import type { ColumnSpec, Header } from './csv/headers.js';
import type { Problems } from './csv/problems.js';
import type { ReadProgress } from './csv/source.js';
import { readTable, type TableFacts } from './csv/table.js';
import { CliError, quoted } from './errors.js';
import type { Examples } from './examples.js';
import { guessLanguage, languageCode, normalised } from './languages.js';
import { type LeftOut, LeftOutTally } from './left-out.js';

export interface FaqEntry {
  id: string;
  category: string;
  /** Language -> the question as it is shown. */
  question: Record<string, string>;
  /** Language -> the answer, with placeholders such as {order_number}. */
  answer: Record<string, string>;
}

/** faq.json. */
export interface FaqDocument {
  version: 1;
  entries: FaqEntry[];
}

export interface Faq {
  document: FaqDocument;
  facts: TableFacts;
  /** All phrasings in all languages, labelled by entry id. */
  examples: Examples;
  /** In the order of first sight. */
  languages: string[];
  leftOut: LeftOut[];
  notes: string[];
}

const kColumns: ColumnSpec[] = [
  {
    name: 'question',
    aliases: ['q', 'text', 'utterance', 'phrase', 'phrasing', 'title', 'Frage', '问题', '问'],
    required: true,
  },
  {
    name: 'answer',
    aliases: ['a', 'response', 'reply', 'body', 'content', 'Antwort', '答案', '回答', '答'],
    required: true,
  },
  { name: 'id', aliases: ['intent', 'label', 'key', 'slug', 'faq_id', 'entry', '编号'] },
  { name: 'language', aliases: ['lang', 'locale', '语言'] },
  { name: 'category', aliases: ['topic', 'section', 'group', 'Kategorie', '分类', '类别'] },
];

/** Entries with these ids are examples of questions that the shop does not answer. */
const kOutOfScope = /^(out[ _-]?of[ _-]?scope|oos|none|other|unknown)$/i;

export interface FaqOptions {
  encoding?: string | undefined;
  /** For texts whose script does not tell the language. */
  defaultLanguage: string;
  progress?: ReadProgress | undefined;
}

export async function readFaq(filePath: string, options: FaqOptions): Promise<Faq> {
  const reader = new FaqReader(options.defaultLanguage);
  const facts = await readTable(
    filePath,
    { columns: kColumns, encoding: options.encoding, progress: options.progress },
    reader,
  );
  return reader.finish(facts);
}

interface Draft {
  id: string;
  category: string;
  question: Record<string, string>;
  answer: Record<string, string>;
  phrasings: Set<string>;
}

class FaqReader {
  private header_!: Header;
  private problems_!: Problems;
  private readonly drafts_ = new Map<string, Draft>();
  private readonly languages_ = new Set<string>();
  private conflicts_: string[] = [];
  private repeats_: string[] = [];

  constructor(private readonly defaultLanguage_: string) {}

  header(header: Header, problems: Problems): void {
    this.header_ = header;
    this.problems_ = problems;
  }

  row(fields: readonly string[], line: number): void {
    const cell = (column: string): string => this.header_.cell(fields, column);
    const bad = (summary: string, column: string, expected: string, found: string): void =>
      this.problems_.add(summary, line, this.header_.original(column), expected, quoted(found));
    const question = cell('question');
    const answer = cell('answer');
    if (question === '') {
      bad('the question is empty', 'question', 'a question', '');
      return;
    }
    const given = cell('language');
    const language =
      given === ''
        ? guessLanguage(question, this.defaultLanguage_)
        : (languageCode(given) ?? this.defaultLanguage_);
    if (given !== '' && languageCode(given) === undefined) {
      bad('the language is not known', 'language', 'a code such as en or zh', given);
    }
    // Without ids, rows with the same answer are one entry; without an answer, nothing joins them.
    const id = cell('id');
    if (id === '' && this.header_.has('id')) {
      bad('the id is empty', 'id', 'an entry id', '');
      return;
    }
    const key = id !== '' ? id : `answer\0${answer}`;
    if (id === '' && answer === '') {
      bad('the answer is empty', 'answer', 'an answer', '');
      return;
    }
    let draft = this.drafts_.get(key);
    if (draft === undefined) {
      draft = { id, category: '', question: {}, answer: {}, phrasings: new Set() };
      this.drafts_.set(key, draft);
    }
    this.languages_.add(language);
    draft.category ||= cell('category');
    draft.question[language] ??= question;
    if (answer !== '') {
      const before = draft.answer[language];
      if (before === undefined) draft.answer[language] = answer;
      else if (before !== answer) this.conflicts_.push(id || question);
    }
    const phrasing = normalised(question);
    if (draft.phrasings.has(phrasing)) this.repeats_.push(question);
    draft.phrasings.add(phrasing);
  }

  finish(facts: TableFacts): Faq {
    const tally = new LeftOutTally(facts.file);
    tally.addProblems(facts.problems);
    for (const id of this.conflicts_)
      tally.add('second answers to one question (the first counts)', id);
    for (const text of this.repeats_) tally.add('phrasings given twice', text);
    const entries: FaqEntry[] = [];
    const examples: Examples = { texts: [], labels: [], names: [] };
    const used = new Set<string>();
    const meanings = new Map<string, string>();
    for (const draft of this.drafts_.values()) {
      const outOfScope = kOutOfScope.test(draft.id) && Object.keys(draft.answer).length === 0;
      if (!outOfScope && Object.keys(draft.answer).length === 0) {
        tally.add('entries without an answer', draft.id);
        continue;
      }
      const label = outOfScope ? -1 : entries.length;
      if (!outOfScope) {
        const id = draft.id || freeId(Object.values(draft.question)[0] ?? '', used);
        used.add(id);
        entries.push({
          id,
          category: draft.category,
          question: draft.question,
          answer: draft.answer,
        });
        examples.names.push(id);
      }
      for (const text of draft.phrasings) {
        const other = meanings.get(text);
        if (other !== undefined) {
          tally.add('phrasings that two entries claim (the first keeps it)', text);
          continue;
        }
        meanings.set(text, draft.id);
        examples.texts.push(text);
        examples.labels.push(label);
      }
    }
    if (entries.length === 0) {
      throw new CliError('invalid-input', 'no question has an answer', {
        file: facts.file,
        expected: 'rows with a question and an answer',
        found: `${facts.rows} rows`,
      });
    }
    return {
      document: { version: 1, entries },
      facts,
      examples,
      languages: [...this.languages_],
      leftOut: tally.list(),
      notes: [],
    };
  }
}

/** An id out of a question's words: "where-is-my-parcel"; "faq-7" where nothing in it is ASCII. */
function freeId(question: string, used: ReadonlySet<string>): string {
  const words = question
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  const base = words === null ? `faq-${used.size + 1}` : words.slice(0, 6).join('-');
  let id = base;
  for (let n = 2; used.has(id); ++n) id = `${base}-${n}`;
  return id;
}
