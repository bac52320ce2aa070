// Online Retail (UCI) as one row for each customer and day of looking back: what they had bought until
// then, and what they spent in the 90 days after. The days to learn from are such that all of their
// 90 days end before the first day that is tested, so that nothing of the test's time is learnt from.
//
// Lines without a customer, cancelled invoices (C...) and lines without a positive quantity and price
// are left out. A customer has a row from the day of the first order on. Days are UTC.
import { readCsv } from '../../../tests/bench/data.mjs';

const kDay = 86_400_000;
const kWindow = 90;
const kTested = '2011-09-10'; // the file ends on 2011-12-09, 90 days later
const kLearnt = ['2011-03-14', '2011-04-13', '2011-05-13', '2011-06-12'];

export const kColumns = [
  'orders',
  'days_since_last_order',
  'days_since_first_order',
  'spent',
  'spent_last_90_days',
  'orders_last_90_days',
  'mean_order',
];
export const kTarget = 'spent_next_90_days';

const dayOf = (text) => Math.floor(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / kDay);
const cents = (value) => Math.round(value * 100) / 100;

/** For each customer the days with an order and what they cost: [[{ day, value }]], in time order. */
function histories(file) {
  const customers = new Map();
  for (const row of readCsv(file)) {
    const value = Number(row.Quantity) * Number(row.UnitPrice);
    if (row.CustomerID === '' || row.InvoiceNo.startsWith('C')) continue;
    if (!(Number(row.Quantity) > 0 && Number(row.UnitPrice) > 0)) continue;
    const days = customers.get(row.CustomerID) ?? new Map();
    const day = dayOf(row.InvoiceDate);
    days.set(day, (days.get(day) ?? 0) + value);
    customers.set(row.CustomerID, days);
  }
  return [...customers.keys()]
    .sort()
    .map((id) => [...customers.get(id)].map(([day, value]) => ({ day, value })))
    .map((days) => days.sort((a, b) => a.day - b.day));
}

const sum = (days) => days.reduce((total, { value }) => total + value, 0);

/** The rows of one day: kColumns, then the target. */
function rowsOf(customers, date) {
  const today = dayOf(date);
  const rows = [];
  for (const all of customers) {
    const past = all.filter(({ day }) => day < today);
    if (past.length === 0) continue;
    const lately = past.filter(({ day }) => day >= today - kWindow);
    const next = all.filter(({ day }) => day >= today && day < today + kWindow);
    const spent = sum(past);
    rows.push([
      past.length,
      today - past[past.length - 1].day,
      today - past[0].day,
      cents(spent),
      cents(sum(lately)),
      lately.length,
      cents(spent / past.length),
      cents(sum(next)),
    ]);
  }
  return rows;
}

/**
 * Rows of kColumns and the target from OnlineRetail.csv or .csv.gz: `training` and `test`, and within
 * the time of the training part the first day of it to learn from and the last to choose settings by.
 */
export function customerValue(file) {
  const customers = histories(file);
  return {
    training: kLearnt.flatMap((date) => rowsOf(customers, date)),
    test: rowsOf(customers, kTested),
    validation: {
      training: rowsOf(customers, kLearnt[0]),
      test: rowsOf(customers, kLearnt[kLearnt.length - 1]),
    },
  };
}
