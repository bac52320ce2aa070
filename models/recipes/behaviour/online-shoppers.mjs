// Online Shoppers Purchasing Intention (UCI) as the CSV that the models learn from: the publisher's
// columns and rows in their order, months as numbers. Reads the publisher's file (months are words
// there) and copies of it with numbers alike; refuses other files.
import { readCsv } from '../../../tests/bench/data.mjs';

const kMonths = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
];

export const kColumns = [
  'Administrative',
  'Administrative_Duration',
  'Informational',
  'Informational_Duration',
  'ProductRelated',
  'ProductRelated_Duration',
  'BounceRates',
  'ExitRates',
  'PageValues',
  'SpecialDay',
  'Month',
  'OperatingSystems',
  'Browser',
  'Region',
  'TrafficType',
  'VisitorType',
  'Weekend',
  'Revenue',
];

/** "Feb", "June" and "2" as 2; throws for what is no month. */
export function monthNumber(text) {
  const number = /^\d+$/.test(text) ? Number(text) : 1 + kMonths.indexOf(text.slice(0, 3));
  if (number >= 1 && number <= 12) return number;
  throw new Error(`expected a month such as Feb or 2, found "${text}"`);
}

/** [rows][kColumns] of the publisher's CSV. */
export function onlineShoppers(file) {
  return readCsv(file).map((row, i) => {
    const lacking = kColumns.find((name) => row[name] === undefined);
    if (lacking !== undefined) {
      throw new Error(`${file}, row ${i + 1}: there is no "${lacking}": is this Online Shoppers?`);
    }
    return kColumns.map((name) => (name === 'Month' ? monthNumber(row.Month) : row[name]));
  });
}
