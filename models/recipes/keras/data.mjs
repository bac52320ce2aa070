// The CSV files that the recipes learn from. Icons are drawn, questions are the demo shop's, sessions are
// Online Retail's (UCI, CC BY 4.0), which must be on this machine. Digits are nets/digits.py's.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onlineRetailBaskets, readCsv, writeCsv } from '../../../tests/bench/data.mjs';

const faq = fileURLToPath(new URL('../complete-journey/', import.meta.url));

/** text,label: every English wording of every question of the demo shop. */
export function writeQuestions(file) {
  const rows = readCsv(path.join(faq, 'faq.csv')).filter(({ language }) => language === 'en');
  return writeCsv(
    file,
    ['text', 'label'],
    rows.map(({ question, id }) => [question, id]),
  );
}

/** text,label: English wordings of the same questions by others, never learnt from. */
export function writeOtherQuestions(file) {
  const rows = readCsv(path.join(faq, 'faq-heldout.csv')).filter(
    ({ language }) => language === 'en',
  );
  return writeCsv(
    file,
    ['text', 'label'],
    rows.map(({ text, label }) => [text, label]),
  );
}

/**
 * session,item,name: the baskets of Online Retail in time order, of two items or more. Codes without four
 * digits are no goods but postage, fees and corrections.
 */
export function writeSessions(file, source) {
  const names = new Map();
  for (const { StockCode, Description } of readCsv(source)) {
    if (!names.has(StockCode) && /[A-Z]{3}/.test(Description))
      names.set(StockCode, Description.trim());
  }
  const baskets = onlineRetailBaskets(source)
    .map(({ id, items }) => ({ id, items: items.filter((item) => /\d{4}/.test(item)) }))
    .filter(({ items }) => items.length >= 2);
  return writeCsv(
    file,
    ['session', 'item', 'name'],
    baskets.flatMap(({ id, items }) => items.map((item) => [id, item, names.get(item) ?? item])),
  );
}

/** text,label of TREC's questions (coarse classes), from its own training and test file. */
export function writeTrec(file, lines) {
  const rows = lines
    .split('\n')
    .filter((line) => line.includes(' '))
    .map((line) => [line.slice(line.indexOf(' ') + 1).trim(), line.slice(0, line.indexOf(':'))]);
  return writeCsv(file, ['text', 'label'], rows);
}
