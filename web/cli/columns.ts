// Columns that grow: typed arrays and interned strings, so that half a million lines cost a few
// numbers each instead of an object each. Holds values, knows no file and no shop.

const kFirstCapacity = 1024;

/** A growing column of 32-bit integers. */
export class Int32Column {
  private values_ = new Int32Array(kFirstCapacity);
  private length_ = 0;

  get length(): number {
    return this.length_;
  }

  push(value: number): void {
    if (this.length_ === this.values_.length) {
      const larger = new Int32Array(this.values_.length * 2);
      larger.set(this.values_);
      this.values_ = larger;
    }
    this.values_[this.length_++] = value;
  }

  /** A view of what was pushed; valid until the next push. */
  view(): Int32Array {
    return this.values_.subarray(0, this.length_);
  }
}

/** A growing column of doubles. */
export class Float64Column {
  private values_ = new Float64Array(kFirstCapacity);
  private length_ = 0;

  get length(): number {
    return this.length_;
  }

  push(value: number): void {
    if (this.length_ === this.values_.length) {
      const larger = new Float64Array(this.values_.length * 2);
      larger.set(this.values_);
      this.values_ = larger;
    }
    this.values_[this.length_++] = value;
  }

  /** A view of what was pushed; valid until the next push. */
  view(): Float64Array {
    return this.values_.subarray(0, this.length_);
  }
}

/** Gives each distinct string a dense number, in the order of first sight. */
export class Interner {
  readonly values: string[] = [];
  private readonly numbers_ = new Map<string, number>();
  // An order's lines follow each other: the last answer is often the next one.
  private lastValue_ = '';
  private lastNumber_ = -1;

  add(value: string): number {
    if (value === this.lastValue_ && this.lastNumber_ >= 0) return this.lastNumber_;
    let number = this.numbers_.get(value);
    if (number === undefined) {
      const own = detached(value);
      number = this.values.length;
      this.numbers_.set(own, number);
      this.values.push(own);
    }
    this.lastValue_ = this.values[number] as string;
    this.lastNumber_ = number;
    return number;
  }

  /** The number of a string, or -1 if it was never added. */
  find(value: string): number {
    return this.numbers_.get(value) ?? -1;
  }

  get size(): number {
    return this.values.length;
  }
}

/**
 * A copy of `value` that shares no memory with it. A field that the CSV parser cut out of a chunk
 * keeps the whole chunk alive (V8's sliced strings); interning without this keeps the whole file.
 */
export function detached(value: string): string {
  // V8 copies anything shorter than 13 characters by itself.
  return value.length < 13 ? value : Buffer.from(value, 'utf8').toString('utf8');
}

/**
 * The positions 0..keys.length-1 ordered by key, equal keys in their old order (counting sort).
 * Keys are in [0, groups). `starts[g]`..`starts[g + 1]` bounds group g in `order`.
 */
export function groupBy(
  keys: Int32Array,
  groups: number,
): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(groups + 1);
  for (const key of keys) starts[key + 1] = (starts[key + 1] as number) + 1;
  for (let g = 0; g < groups; ++g) {
    starts[g + 1] = (starts[g + 1] as number) + (starts[g] as number);
  }
  const next = starts.slice(0, groups);
  const order = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; ++i) {
    const key = keys[i] as number;
    const position = next[key] as number;
    order[position] = i;
    next[key] = position + 1;
  }
  return { order, starts };
}
