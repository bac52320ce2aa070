// Money, counts, dates and sizes in the visitor's language, by Intl alone.

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function once<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(
  key: string,
  make: () => T,
): T {
  let format = cache.get(key);
  if (format === undefined) {
    format = make();
    cache.set(key, format);
  }
  return format as T;
}

export function money(value: number, currency: string, language: string): string {
  return once(
    `money ${currency} ${language}`,
    () =>
      new Intl.NumberFormat(language, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
      }),
  ).format(value);
}

export function whole(value: number, language: string): string {
  return once(`whole ${language}`, () => new Intl.NumberFormat(language)).format(value);
}

export function percent(share: number, language: string): string {
  return once(
    `percent ${language}`,
    () => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }),
  ).format(share);
}

/** Bytes as kB or MB (thousands, as download sizes are told). */
export function bytes(value: number, language: string): string {
  const mega = value >= 999_500;
  const shown = mega ? value / 1e6 : value / 1e3;
  return once(
    `bytes ${mega} ${shown < 10} ${language}`,
    () =>
      new Intl.NumberFormat(language, {
        style: 'unit',
        unit: mega ? 'megabyte' : 'kilobyte',
        unitDisplay: 'short',
        maximumFractionDigits: shown < 10 ? 1 : 0,
      }),
  ).format(shown);
}

/** Browsers round their clock to 0.1 ms or so: less than that is only "less". */
export function milliseconds(value: number, language: string): string {
  if (value < 0.1) return `<${milliseconds(0.1, language)}`;
  const digits = value < 10 ? 1 : 0;
  return once(
    `ms ${digits} ${language}`,
    () =>
      new Intl.NumberFormat(language, {
        style: 'unit',
        unit: 'millisecond',
        unitDisplay: 'short',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
  ).format(value);
}

/** "just now", "5 minutes ago", "yesterday". */
export function ago(then: number, now: number, language: string): string {
  const seconds = Math.round((then - now) / 1000);
  const format = once(
    `ago ${language}`,
    () => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }),
  );
  if (seconds > -60) return format.format(0, 'second');
  if (seconds > -3600) return format.format(Math.round(seconds / 60), 'minute');
  if (seconds > -86400) return format.format(Math.round(seconds / 3600), 'hour');
  return format.format(Math.round(seconds / 86400), 'day');
}

export function day(at: number | Date, language: string): string {
  return once(
    `day ${language}`,
    () => new Intl.DateTimeFormat(language, { dateStyle: 'long' }),
  ).format(at);
}
