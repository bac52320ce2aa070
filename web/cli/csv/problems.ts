// Rows that cannot be used: counted by kind, the first of each remembered with its place. A stray
// bad row is left out and reported; a file that is wrong in more than one row of a hundred is
// refused, because then the reader has probably misunderstood it.
import { CliError, type CliErrorDetail } from '../errors.js';

/** Above this share of all rows, bad rows make the file an error. */
export const kToleratedShare = 0.01;

export interface Problem {
  summary: string;
  count: number;
  first: CliErrorDetail;
}

export class Problems {
  private readonly kinds_ = new Map<string, Problem>();
  private total_ = 0;

  constructor(private readonly file_: string) {}

  add(summary: string, line: number, column: string, expected: string, found: string): void {
    ++this.total_;
    const known = this.kinds_.get(summary);
    if (known !== undefined) {
      ++known.count;
      return;
    }
    const place = column === '' ? `line ${line}` : `line ${line}, column ${column}`;
    this.kinds_.set(summary, {
      summary,
      count: 1,
      first: { file: this.file_, place, expected, found },
    });
  }

  get total(): number {
    return this.total_;
  }

  list(): Problem[] {
    return [...this.kinds_.values()];
  }

  /** Throws the commonest problem when too many of `rows` rows are bad. */
  refuseIfMany(rows: number): void {
    if (this.total_ <= rows * kToleratedShare) return;
    const [worst] = this.list().sort((a, b) => b.count - a.count);
    if (worst === undefined) return;
    const others = worst.count > 1 ? `; the same in ${worst.count - 1} more of ${rows} rows` : '';
    throw new CliError('invalid-input', worst.summary + others, worst.first);
  }
}
