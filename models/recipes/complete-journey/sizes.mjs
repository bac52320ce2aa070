// Package sizes: from the retailer's free text ("L    16 OZ", "10/6.75 OZ", "12 PK/12 OZ", "14 1/2 OZ") to one form
// for people ("16 oz", "10 × 6.75 oz"), in English and in Chinese. Knows nothing about products.

const UNITS = {
  OZ: 'oz',
  OZS: 'oz',
  O: 'oz',
  LB: 'lb',
  LBS: 'lb',
  GA: 'gal',
  GAL: 'gal',
  QT: 'qt',
  PT: 'pt',
  L: 'l',
  ML: 'ml',
  CT: 'ct',
  PC: 'ct',
  PK: 'pack',
  DZ: 'dozen',
  DOZ: 'dozen',
  FT: 'ft',
  LD: 'loads',
  LOAD: 'loads',
  LOADS: 'loads',
  STEM: 'stems',
};
const ZH = {
  oz: '盎司',
  'fl oz': '液量盎司',
  lb: '磅',
  gal: '加仑',
  qt: '夸脱',
  pt: '品脱',
  l: '升',
  ml: '毫升',
  ct: '件',
  pack: '件装',
  dozen: '打',
  ft: '英尺',
  'sq ft': '平方英尺',
  loads: '次用量',
  stems: '枝',
};
/** Sizes that say how a thing is sold rather than how big it is. */
export const WORDS = { each: '每个', loose: '散装', 'by weight': '称重' };

/** Bottled water and juice boxes are listed by their total; these totals are known packs. */
const TOTALS = {
  '405.6 oz': [24, 16.9, 'oz'],
  '192 oz': [24, 8, 'oz'],
  '101.4 oz': [6, 16.9, 'oz'],
  '67.5 oz': [10, 6.75, 'oz'],
  '144 oz': [12, 12, 'oz'],
  '160 oz': [8, 20, 'oz'],
};

const number = (text) => {
  const [, whole, top, bottom] = /^(?:(\d*\.?\d+)\s+)?(\d+)\/(\d+)$/.exec(text) ?? [];
  if (top) return Number(whole ?? 0) + Number(top) / Number(bottom);
  return Number(text);
};
const NUMBER = String.raw`(?:\d+\s+\d+\/\d+|\d+\/\d+|\d*\.?\d+)`;
const shown = (value) => String(Math.round(value * 100) / 100);

/**
 * @param {string | null} raw
 * @returns {{ count?: number, amount: number, unit: string } | null} null when the text says nothing usable
 */
export function parseSize(raw) {
  if (!raw) return null;
  let text = raw
    .trim()
    .toUpperCase()
    .replace(/^\(\d+\)\s*/, '')
    .replace(/^[LN]\s+(?=[\d.])/, '')
    .replace(/^\d{5,}\s+/, '')
    .replace(/\s+(BAG|CAN|PET|AEROS|LNNR|BTL|TUB)\.?$/, '')
    .replace(/OZS?\.$/, 'OZ')
    .trim();
  if (text === 'PT' || text === 'L' || text === 'GAL' || text === 'DZ') text = `1 ${text}`;
  let match;
  // A × B unit: "10/6.75 OZ", "10-1 OZ", "2 - 7.5 OZ", but not the fractions 1/2, 1/4, 3/4
  if ((match = /^(\d+)\s*[/-]\s*(\d*\.?\d+)\s+(OZ|LB|CT)$/.exec(text))) {
    const fraction = /^[13]\/[248] /.test(text);
    if (!fraction) return pack(Number(match[1]), Number(match[2]), UNITS[match[3]]);
  }
  if (
    (match = /^(\d+)\s+(?:CT|PK)\s*\/\s*(\d*\.?\d+)\s*(OZ|O|L|GAL)?$/.exec(text)) ??
    (match = /^(\d*\.?\d+)\s+(OZ)\s*\/\s*(\d+)\s+(?:CT|PK)$/.exec(text))
  ) {
    const countFirst = /^\d+\s+(CT|PK)/.test(text);
    const count = Number(countFirst ? match[1] : match[3]);
    const amount = Number(match[2 - (countFirst ? 0 : 1)]);
    const unit = UNITS[(countFirst ? match[3] : match[2]) ?? 'OZ'];
    if (unit === 'gal') return { amount: count, unit: 'ct' };
    // "12 PK/12 OZ" is twelve of twelve ounces; "8 CT/10.4 OZ" is 10.4 ounces in all
    const each = /PK/.test(text) && amount <= 20;
    return each ? pack(count, amount, unit) : { amount, unit };
  }
  if ((match = /^(\d+)\s+CT\s+(\d+)\s+PK$/.exec(text)))
    return { count: Number(match[2]), amount: Number(match[1]), unit: 'ct' };
  if ((match = new RegExp(`^(${NUMBER})\\s+SQ FT$`).exec(text)))
    return { amount: number(match[1]), unit: 'sq ft' };
  if ((match = new RegExp(`^(${NUMBER})\\s+FL OZ$`).exec(text)))
    return { amount: number(match[1]), unit: 'fl oz' };
  if ((match = new RegExp(`^(${NUMBER})\\s+([A-Z]+)$`).exec(text)) && UNITS[match[2]]) {
    const size = { amount: number(match[1]), unit: UNITS[match[2]] };
    const total = TOTALS[`${shown(size.amount)} ${size.unit}`];
    if (total) return { count: total[0], amount: total[1], unit: total[2] };
    if (size.unit === 'ct' && size.amount === 1) return null; // one of it: says nothing
    if (size.unit === 'ml' && size.amount >= 1000) return { amount: size.amount / 1000, unit: 'l' };
    return size;
  }
  return null;
}

function pack(count, amount, unit) {
  return count === 1 ? { amount, unit } : { count, amount, unit };
}

/** "16 oz", "12 × 12 oz", "12 ct"; the empty text for null. */
export function sizeEn(size) {
  if (!size) return '';
  const unit = size.unit === 'l' ? 'L' : size.unit === 'pack' ? 'pack' : size.unit;
  const one = `${shown(size.amount)} ${unit}`;
  return size.count ? `${size.count} × ${one}` : one;
}

/** The same in Chinese, without spaces: "16盎司", "12×12盎司", "12个装". */
export function sizeZh(size, counter = '个') {
  if (!size) return '';
  const unit = size.unit === 'ct' ? (size.count ? counter : `${counter}装`) : ZH[size.unit];
  const one =
    size.unit === 'dozen' ? `${size.amount * 12}${counter}装` : `${shown(size.amount)}${unit}`;
  return size.count ? `${size.count}×${one}` : one;
}
