// The columns of the shipped models in words, how their values read, and where a slider puts them.
// A column that is not listed here shows its own name and plain numbers.

import type { Language } from '../i18n/index.js';
import { money, percent, whole } from '../state/numbers.js';
import type { Column } from './way.js';

type Unit = 'count' | 'seconds' | 'share' | 'month' | 'pounds' | 'days' | 'plain';

const known: Readonly<Record<string, { en: string; zh: string; unit: Unit }>> = {
  Administrative: { en: 'Account pages opened', zh: '打开的账户页', unit: 'count' },
  Administrative_Duration: { en: 'Time on account pages', zh: '账户页停留', unit: 'seconds' },
  Informational: { en: 'Information pages opened', zh: '打开的说明页', unit: 'count' },
  Informational_Duration: { en: 'Time on information pages', zh: '说明页停留', unit: 'seconds' },
  ProductRelated: { en: 'Product pages opened', zh: '打开的商品页', unit: 'count' },
  ProductRelated_Duration: { en: 'Time on product pages', zh: '商品页停留', unit: 'seconds' },
  BounceRates: { en: 'Bounce rate of the pages', zh: '所看页面的跳出率', unit: 'share' },
  ExitRates: { en: 'Exit rate of the pages', zh: '所看页面的退出率', unit: 'share' },
  PageValues: { en: 'What the pages were worth before', zh: '所看页面以往的价值', unit: 'plain' },
  SpecialDay: { en: 'Nearness of a special day', zh: '临近节日的程度', unit: 'share' },
  Month: { en: 'Month', zh: '月份', unit: 'month' },
  VisitorType: { en: 'Visitor', zh: '访客', unit: 'plain' },
  Weekend: { en: 'At the weekend', zh: '周末', unit: 'plain' },
  orders: { en: 'Orders so far', zh: '至今订单数', unit: 'count' },
  days_since_last_order: { en: 'Last order', zh: '上次下单', unit: 'days' },
  days_since_first_order: { en: 'First order', zh: '首次下单', unit: 'days' },
  spent: { en: 'Spent so far', zh: '至今消费', unit: 'pounds' },
  spent_last_90_days: { en: 'Spent in the last 90 days', zh: '近 90 天消费', unit: 'pounds' },
  orders_last_90_days: { en: 'Orders in the last 90 days', zh: '近 90 天订单', unit: 'count' },
  mean_order: { en: 'Mean order', zh: '平均每单', unit: 'pounds' },
};

const levels: Readonly<Record<string, { en: string; zh: string }>> = {
  New_Visitor: { en: 'new', zh: '新访客' },
  Returning_Visitor: { en: 'returning', zh: '回访' },
  Other: { en: 'unknown', zh: '未知' },
  TRUE: { en: 'yes', zh: '是' },
  FALSE: { en: 'no', zh: '否' },
};

export function nameOf(column: string, language: Language): string {
  return known[column]?.[language] ?? column;
}

export function unitOf(column: string): Unit {
  return known[column]?.unit ?? 'plain';
}

export function levelName(level: string, language: Language): string {
  return levels[level]?.[language] ?? level;
}

export function monthName(month: number, language: Language): string {
  const date = new Date(2025, month - 1, 15);
  return new Intl.DateTimeFormat(language, { month: 'long' }).format(date);
}

function duration(seconds: number, language: Language): string {
  const of = (value: number, unit: 'second' | 'minute' | 'hour') =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: value < 10 && unit !== 'second' ? 1 : 0,
    }).format(value);
  if (seconds < 90) return of(seconds, 'second');
  return seconds < 5400 ? of(seconds / 60, 'minute') : of(seconds / 3600, 'hour');
}

/** A number of a column as a visitor reads it. */
export function valueText(column: string, value: number, language: Language): string {
  switch (unitOf(column)) {
    case 'seconds':
      return duration(value, language);
    case 'share':
      return new Intl.NumberFormat(language, {
        style: 'percent',
        maximumSignificantDigits: 2,
      }).format(value);
    case 'month':
      return monthName(value, language);
    case 'pounds':
      return money(Math.round(value), 'GBP', language).replace(/[.,]00$/, '');
    case 'days':
      return new Intl.RelativeTimeFormat(language).format(-Math.round(value), 'day');
    case 'count':
      return whole(Math.round(value), language);
    default:
      return new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(value);
  }
}

/** A cell of any kind as a visitor reads it. */
export function cellText(
  column: string,
  cell: string | number | boolean,
  language: Language,
): string {
  if (typeof cell === 'boolean') return levelName(cell ? 'TRUE' : 'FALSE', language);
  const number = typeof cell === 'number' ? cell : Number(cell);
  if (cell !== '' && Number.isFinite(number)) return valueText(column, number, language);
  return levelName(String(cell), language);
}

/** A probability with a digit where whole percents would say "0" or "100". */
export function likelihood(p: number, language: Language): string {
  if (p > 0.01 && p < 0.99) return percent(p, language);
  return new Intl.NumberFormat(language, {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  }).format(p);
}

// --- sliders ---

/** Steps of a slider. */
export const kPlaces = 500;

// Most visits lie at the foot of a long scale, so it is stretched there: the ordinary value stands
// at a third.
function power({ least = 0, most = 1, fill }: Column): number {
  const share = ((fill ?? least) - least) / (most - least || 1);
  return Math.min(4, Math.max(1, Math.log(Math.max(share, 1e-6)) / Math.log(1 / 3)));
}

export function placeOf(column: Column, value: number): number {
  const { least = 0, most = 1 } = column;
  const share = Math.min(1, Math.max(0, (value - least) / (most - least || 1)));
  return Math.round(kPlaces * share ** (1 / power(column)));
}

/** What a slider at `place` means; three digits, whole where the column is. */
export function valueAt(column: Column, place: number): number {
  const { least = 0, most = 1 } = column;
  if (place <= 0) return least;
  if (place >= kPlaces) return most;
  const value = least + (most - least) * (place / kPlaces) ** power(column);
  return column.whole ? Math.round(value) : Number(value.toPrecision(3));
}

/** The next place in a direction at which a slider means something else. */
export function nextPlace(column: Column, from: number, direction: number): number {
  const now = valueAt(column, from);
  let place = from;
  do place += direction;
  while (place > 0 && place < kPlaces && valueAt(column, place) === now);
  return Math.min(kPlaces, Math.max(0, place));
}
