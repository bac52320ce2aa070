// What was left out of a file, and why: counted, with the first few examples, in words that the
// report prints as they are.
import type { Problem } from './csv/problems.js';

export interface LeftOut {
  /** The file it concerns. */
  file: string;
  /** "lines of cancelled orders". */
  reason: string;
  count: number;
  examples: string[];
}

const kExamples = 5;

export class LeftOutTally {
  private readonly reasons_ = new Map<string, LeftOut>();

  constructor(private readonly file_: string) {}

  add(reason: string, example: string, count = 1): void {
    let entry = this.reasons_.get(reason);
    if (entry === undefined) {
      entry = { file: this.file_, reason, count: 0, examples: [] };
      this.reasons_.set(reason, entry);
    }
    entry.count += count;
    if (entry.examples.length < kExamples && example !== '' && !entry.examples.includes(example)) {
      entry.examples.push(example);
    }
  }

  /** Broken rows and cells, with the place of the first of each kind. */
  addProblems(problems: readonly Problem[]): void {
    for (const { summary, first, count } of problems) {
      this.add(`rows with a mistake: ${summary}`, first.place ?? '', count);
    }
  }

  list(): LeftOut[] {
    return [...this.reasons_.values()];
  }
}
