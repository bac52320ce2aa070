// Matching a file's header to the columns a reader wants: by names without regard to case, spaces,
// underscores or accents, with the names that usual shop exports have for the same thing.
import { CliError, listed, quoted } from '../errors.js';

export interface ColumnSpec {
  /** The column's name in our own formats; always accepted. */
  name: string;
  /** Other names for it, the preferred first. */
  aliases?: readonly string[];
  required?: boolean;
}

/** "Order ID", "order_id" and "OrderId" are the same header. */
export function headerKey(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

export class Header {
  /** As the file has them, trimmed. */
  readonly names: readonly string[];
  readonly keys: readonly string[];
  private readonly indices_ = new Map<string, number>();

  constructor(names: readonly string[], columns: readonly ColumnSpec[], file: string) {
    this.names = names.map((name) => name.trim());
    this.keys = this.names.map(headerKey);
    const taken = new Set<number>();
    for (const column of columns) {
      const index = this.match(column, taken);
      if (index >= 0) taken.add(index);
      this.indices_.set(column.name, index);
    }
    const missing = columns.find(
      (column) => column.required === true && this.indices_.get(column.name) === -1,
    );
    if (missing !== undefined) {
      throw new CliError('invalid-input', `there is no column "${missing.name}"`, {
        file,
        expected: `a header with ${listed([missing.name, ...(missing.aliases ?? [])], 10)}`,
        found: listed(
          this.names.map((name) => quoted(name)),
          20,
        ),
      });
    }
  }

  private match(column: ColumnSpec, taken: ReadonlySet<number>): number {
    for (const name of [column.name, ...(column.aliases ?? [])]) {
      const key = headerKey(name);
      const index = this.keys.findIndex((candidate, i) => candidate === key && !taken.has(i));
      if (index >= 0) return index;
    }
    return -1;
  }

  /** The names of the specification, in its order. */
  wanted(): string[] {
    return [...this.indices_.keys()];
  }

  /** The position of a column of the specification, -1 when the file lacks it. */
  index(name: string): number {
    return this.indices_.get(name) ?? -1;
  }

  has(name: string): boolean {
    return this.index(name) >= 0;
  }

  /** The file's own name for a column, empty when it lacks it. */
  original(name: string): string {
    const index = this.index(name);
    return index < 0 ? '' : (this.names[index] ?? '');
  }

  /** A row's text in a column, trimmed; empty when the file lacks the column. */
  cell(fields: readonly string[], name: string): string {
    const index = this.index(name);
    return index < 0 ? '' : (fields[index] as string).trim();
  }

  /** Positions that no column of the specification took. */
  extra(): number[] {
    const taken = new Set(this.indices_.values());
    return this.names.map((_, i) => i).filter((i) => !taken.has(i) && this.names[i] !== '');
  }
}
