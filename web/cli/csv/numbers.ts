// Numbers as people export them: "1,234.50", "1.234,50", "12,5", "£2.55", "2 000,00 kr", "(3.00)".
// Whether a comma is decimal is decided by the whole column, because "1,234" alone cannot tell.
import { Float64Column } from '../columns.js';

const kPlain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export class NumberColumn {
  private readonly values_ = new Float64Column();
  /** Positions of cells such as "1,234" and of cells such as "1.234". */
  private readonly commaThousands_: number[] = [];
  private readonly dotThousands_: number[] = [];
  private decimalCommas_ = 0;
  private decimalDots_ = 0;

  get length(): number {
    return this.values_.length;
  }

  /** Adds a cell; an empty one is NaN. False, and NaN added, when it is no number. */
  push(text: string): boolean {
    const value = this.parse(text.trim());
    this.values_.push(value ?? Number.NaN);
    return value !== undefined;
  }

  private parse(text: string): number | undefined {
    if (text === '') return Number.NaN;
    if (kPlain.test(text)) {
      const dot = text.indexOf('.');
      if (dot > 0 && !/e/i.test(text)) {
        if (text.length - dot === 4 && dot <= 4) this.dotThousands_.push(this.values_.length);
        else ++this.decimalDots_;
      }
      return Number(text);
    }
    return this.parseDecorated(text);
  }

  private parseDecorated(text: string): number | undefined {
    const inBrackets = /^\(.*\)$/.test(text);
    // Currency signs and codes, spaces of all kinds and the Swiss apostrophe carry no value.
    const bare = text
      .replace(/^\(|\)$/g, '')
      .replace(/[\p{Sc}\s\u00a0\u202f'’]/gu, '')
      .replace(/^(-?)[a-z]{1,3}\.?(?=[\d.,-])/i, '$1')
      .replace(/(?<=\d)([a-z]{1,3}\.?|元|円|,?-)$/i, '')
      .replace(/\u2212/g, '-');
    const parts = /^([+-]?)([\d.,]*\d)$/.exec(bare);
    if (parts === null) return undefined;
    const negative = inBrackets !== (parts[1] === '-');
    const digits = parts[2] as string;
    const commas = digits.split(',').length - 1;
    const dots = digits.split('.').length - 1;
    let value: number;
    if (commas > 0 && dots > 0) {
      const decimalComma = digits.lastIndexOf(',') > digits.lastIndexOf('.');
      if (decimalComma) ++this.decimalCommas_;
      else ++this.decimalDots_;
      if ((decimalComma ? commas : dots) > 1) return undefined;
      value = Number(
        decimalComma ? digits.replaceAll('.', '').replace(',', '.') : digits.replaceAll(',', ''),
      );
    } else if (commas === 1) {
      if (/^\d{1,3},\d{3}$/.test(digits)) {
        this.commaThousands_.push(this.values_.length);
        value = Number(digits.replace(',', ''));
      } else {
        ++this.decimalCommas_;
        value = Number(digits.replace(',', '.'));
      }
    } else if (commas > 1 || dots > 1) {
      if (!/^\d{1,3}([.,]\d{3})+$/.test(digits)) return undefined;
      value = Number(digits.replace(/[.,]/g, ''));
    } else {
      if (dots === 1) ++this.decimalDots_;
      value = Number(digits);
    }
    return negative ? -value : value;
  }

  /** The column's values; call once, after the last push. */
  finish(): Float64Array {
    const values = this.values_.view();
    if (this.decimalCommas_ > 0 && this.decimalCommas_ >= this.decimalDots_) {
      for (const at of this.commaThousands_) values[at] = (values[at] as number) / 1000;
      for (const at of this.dotThousands_) values[at] = (values[at] as number) * 1000;
    }
    return values;
  }
}
