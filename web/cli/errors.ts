// The one error type of the command line: what was wrong, in which file and where, what was
// expected and what was found. Everything a user's file can cause ends here; anything else that is
// thrown is a defect and is reported as one.

/** The stable name of a failure, as `--json` answers it. */
export type CliErrorCode =
  | 'usage' // the command line itself is wrong: exit code 2
  | 'missing-file' // a file that does not exist or cannot be opened
  | 'invalid-input' // a file that is not what it should be
  | 'training-failed' // the trainer refused the data
  | 'invalid-model' // a model file that the engine refuses
  | 'interrupted' // Ctrl-C
  | 'internal'; // a defect of this program

export interface CliErrorDetail {
  /** The file's name as the user gave it. */
  file?: string;
  /** Line and column, JSON path, or the option's name. */
  place?: string;
  /** In words: "one of order_id, invoice". */
  expected?: string;
  /** In words: "a, b, c". */
  found?: string;
}

export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly detail: CliErrorDetail;

  /** `summary` is one plain clause without a full stop: "the quantity is not a number". */
  constructor(code: CliErrorCode, summary: string, detail: CliErrorDetail = {}, cause?: unknown) {
    super(wholeLine(summary, detail), cause === undefined ? undefined : { cause });
    this.name = 'CliError';
    this.code = code;
    this.detail = detail;
  }

  /** 2 for a wrong command line, 130 for Ctrl-C (as shells count it), 1 for all else. */
  get exitCode(): number {
    if (this.code === 'usage') return 2;
    return this.code === 'interrupted' ? 130 : 1;
  }

  /** The object that `--json` prints instead of a result. */
  toJSON(): { error: Record<string, string> } {
    const { file = '', place = '', expected = '', found = '' } = this.detail;
    return { error: { code: this.code, message: this.message, file, place, expected, found } };
  }
}

function wholeLine(summary: string, detail: CliErrorDetail): string {
  const where = [detail.file, detail.place].filter(Boolean).join(', ');
  const what: string[] = [];
  if (detail.expected) what.push(`expected ${detail.expected}`);
  if (detail.found !== undefined && detail.found !== '') what.push(`found ${detail.found}`);
  return `${where ? `${where}: ` : ''}${summary}${what.length > 0 ? ` (${what.join('; ')})` : ''}`;
}

/** A wrong command line. */
export function usageError(summary: string, detail: CliErrorDetail = {}): CliError {
  return new CliError('usage', summary, detail);
}

/** At most `limit` names in words: "a, b, c and 12 more". */
export function listed(names: readonly string[], limit = 12): string {
  if (names.length <= limit) return names.join(', ');
  return `${names.slice(0, limit).join(', ')} and ${names.length - limit} more`;
}

/** A value from a file in quotes, shortened, with control characters made visible. */
export function quoted(value: string, limit = 40): string {
  const shown = value.length > limit ? `${value.slice(0, limit)}…` : value;
  return JSON.stringify(shown);
}
