// Dates as exports write them, as seconds since 1970. ISO, epoch seconds and milliseconds, a/b/year
// and names of months. Whether 03/04/2024 is in March or April is decided by the whole column.
// A time without a zone is taken as UTC, so that the same file means the same on every machine.
import { Float64Column } from '../columns.js';

export type DayOrder = 'dmy' | 'mdy';

const kSlashed =
  /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?)?$/i;
const kYearFirst =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(?:(z|utc|gmt)|([+-])(\d{2}):?(\d{2}))?(?:\s*[a-z]{3,4})?)?$/i;
const kCompact = /^(\d{4})(\d{2})(\d{2})$/;
const kNamed =
  /^(?:[a-z]{3,9},?\s+)?(?:(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?|([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?),?[\s-]+(\d{4})(?:,?\s+(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]\.?m\.?)?)?$/i;
const kMonths = [
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
];

export interface DateResult {
  /** Seconds since 1970; NaN where the cell was empty or no date. */
  seconds: Float64Array;
  /** False when the numbers are too small for dates: steps or days, good for order only. */
  calendar: boolean;
  /** What had to be decided, in words. */
  notes: string[];
}

export class DateColumn {
  private readonly values_ = new Float64Column();
  /** The same cells with the month first; made when the first a/b/year cell comes. */
  private monthFirst_: Float64Column | undefined;
  private dayEvidence_ = 0;
  private monthEvidence_ = 0;
  private largest_ = 0;
  private readonly steps_ = { dmy: new Descents(), mdy: new Descents() };

  get length(): number {
    return this.values_.length;
  }

  /** Adds a cell; an empty one is NaN. False, and NaN added, when it is no date. */
  push(text: string): boolean {
    const trimmed = text.trim();
    const value = trimmed === '' ? Number.NaN : (fastIso(trimmed) ?? this.parse(trimmed));
    if (value === undefined) {
      this.append(Number.NaN, Number.NaN);
      return false;
    }
    if (typeof value === 'number') {
      if (value > this.largest_) this.largest_ = value;
      this.append(value, value);
    } else {
      this.append(value.dmy, value.mdy);
    }
    return true;
  }

  private append(dmy: number, mdy: number): void {
    this.values_.push(dmy);
    this.monthFirst_?.push(mdy);
  }

  private parse(text: string): number | { dmy: number; mdy: number } | undefined {
    const compact = kCompact.exec(text);
    if (compact !== null) {
      const date = utcSeconds(Number(compact[1]), Number(compact[2]), Number(compact[3]));
      if (date !== undefined && Number(compact[1]) >= 1970 && Number(compact[1]) < 2200)
        return date;
    }
    const number = Number(text);
    // Above 1e11 a number of seconds would be in the year 5138: milliseconds.
    if (!Number.isNaN(number)) return Math.abs(number) >= 1e11 ? number / 1000 : number;
    const slashed = kSlashed.exec(text);
    if (slashed !== null) return this.parseSlashed(slashed);
    const iso = kYearFirst.exec(text);
    if (iso !== null) {
      const date = utcSeconds(Number(iso[1]), Number(iso[2]), Number(iso[3]));
      if (date === undefined) return undefined;
      const time = clock(iso[4], iso[5], iso[6], undefined);
      if (time === undefined) return undefined;
      const fraction = iso[7] === undefined ? 0 : Number(`0.${iso[7]}`);
      const zone = iso[9] === undefined ? 0 : Number(iso[10]) * 3600 + Number(iso[11]) * 60;
      return date + time + fraction - (iso[9] === '-' ? -zone : zone);
    }
    const named = kNamed.exec(text);
    if (named === null) return undefined;
    const month = kMonths.indexOf((named[2] ?? named[3] ?? '').slice(0, 3).toLowerCase()) + 1;
    const date = utcSeconds(Number(named[5]), month, Number(named[1] ?? named[4]));
    const time = clock(named[6], named[7], named[8], named[9]);
    return date === undefined || time === undefined ? undefined : date + time;
  }

  private parseSlashed(parts: RegExpExecArray): { dmy: number; mdy: number } | undefined {
    const a = Number(parts[1]);
    const b = Number(parts[3]);
    const year = Number(parts[4]) + ((parts[4] as string).length === 2 ? 2000 : 0);
    const time = clock(parts[5], parts[6], parts[7], parts[8]);
    if (time === undefined) return undefined;
    const dmy = utcSeconds(year, b, a);
    const mdy = utcSeconds(year, a, b);
    if (dmy === undefined && mdy === undefined) return undefined;
    if (a > 12) ++this.dayEvidence_;
    else if (b > 12) ++this.monthEvidence_;
    // 31.12.2024 is written with the day first wherever it is written with dots.
    else if (parts[2] === '.') ++this.dayEvidence_;
    if (this.monthFirst_ === undefined) {
      this.monthFirst_ = new Float64Column();
      for (const value of this.values_.view()) this.monthFirst_.push(value);
    }
    const both = {
      dmy: dmy === undefined ? Number.NaN : dmy + time,
      mdy: mdy === undefined ? Number.NaN : mdy + time,
    };
    this.steps_.dmy.see(both.dmy);
    this.steps_.mdy.see(both.mdy);
    return both;
  }

  /** The column's values; call once, after the last push. `order` overrules what the data say. */
  finish(order?: DayOrder): DateResult {
    const notes: string[] = [];
    let seconds = this.values_.view();
    if (this.monthFirst_ !== undefined) {
      let chosen = order;
      if (chosen === undefined && this.dayEvidence_ !== this.monthEvidence_) {
        chosen = this.dayEvidence_ > this.monthEvidence_ ? 'dmy' : 'mdy';
      }
      let certain = chosen !== undefined;
      if (chosen === undefined) {
        // No day above 12 anywhere: exports are sorted by date, so the reading that jumps less.
        const { dmy, mdy } = this.steps_;
        certain = dmy.jumps !== mdy.jumps;
        chosen = mdy.jumps < dmy.jumps ? 'mdy' : 'dmy';
      }
      if (chosen === 'mdy') seconds = this.monthFirst_.view();
      const words = chosen === 'dmy' ? 'day/month/year' : 'month/day/year';
      notes.push(
        certain
          ? `dates are read as ${words}`
          : `dates may be day/month or month/day; they are read as ${words} (--dates decides)`,
      );
    }
    for (const value of seconds) if (value > this.largest_) this.largest_ = value;
    const calendar = this.largest_ >= 1e8;
    if (!calendar && this.largest_ > 0) {
      notes.push('times are numbers too small for dates; only their order is used');
    }
    return { seconds, calendar, notes };
  }
}

/** Counts how often a value is smaller than the one before it. */
class Descents {
  jumps = 0;
  private last_ = Number.NEGATIVE_INFINITY;

  see(value: number): void {
    if (Number.isNaN(value) || value < this.last_) ++this.jumps;
    if (!Number.isNaN(value)) this.last_ = value;
  }
}

/** "2010-12-01 08:26:00" and "2010-12-01T08:26:00Z" without a regular expression: most of all cells. */
function fastIso(text: string): number | undefined {
  const length = text.length;
  if (length !== 19 && length !== 20 && length !== 10) return undefined;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  if (length === 20 && text.charCodeAt(19) !== 90) return undefined;
  const date = utcSeconds(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
  if (date === undefined || length === 10) return date;
  const between = text.charCodeAt(10);
  if (between !== 32 && between !== 84) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (!(hour <= 24 && minute <= 59 && second <= 60)) return undefined;
  return date + hour * 3600 + minute * 60 + second;
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; ++i) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

const kMonthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Midnight UTC in seconds, undefined for a day that no calendar has. */
function utcSeconds(year: number, month: number, day: number): number | undefined {
  if (!(month >= 1 && month <= 12) || !(day >= 1) || !(year >= 0)) return undefined;
  if (day > (kMonthDays[month - 1] as number)) return undefined;
  if (month === 2 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) {
    return undefined;
  }
  return Date.UTC(year, month - 1, day) / 1000;
}

function clock(
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  half: string | undefined,
): number | undefined {
  if (hour === undefined) return 0;
  let hours = Number(hour);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  const minutes = Number(minute ?? 0);
  const seconds = Number(second ?? 0);
  if (hours > 24 || minutes > 59 || seconds > 60) return undefined;
  return hours * 3600 + minutes * 60 + seconds;
}
