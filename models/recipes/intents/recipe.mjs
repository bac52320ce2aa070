// Remakes models/intents: what a shop's pages say of a visitor's intents before the shop has a log of
// its own. Of Online Shoppers only what a page can count itself is used: no PageValues, bounce or exit
// rates, which are Google Analytics' figures of other visits; no month, which is that shop's year
// (with it the AUC on the same test is 0.016 higher, within the interval).
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFile } from '../../../tests/bench/data.mjs';
import { say } from '../../../web/tools/run.mjs';

const cli = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const kHeader =
  'account_pages,account_seconds,information_pages,information_seconds,product_pages,product_seconds,pages,seconds,weekend,returning,purchase';

/** Visits of Online Shoppers as `storewise train intents --visits` reads them. */
function visits(csv) {
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  const names = header.split(',');
  const rows = lines.map((line) => {
    const cells = line.split(',');
    const cell = (name) => cells[names.indexOf(name)];
    const pages = ['Administrative', 'Informational', 'ProductRelated'].map((name) => [
      Number(cell(name)),
      Number(cell(`${name}_Duration`)),
    ]);
    const sum = (k) => pages.reduce((all, one) => all + one[k], 0);
    return [
      ...pages.flat(),
      sum(0),
      sum(1),
      cell('Weekend') === 'TRUE' ? 1 : 0,
      cell('VisitorType') === 'Returning_Visitor' ? 1 : 0,
      cell('Revenue') === 'TRUE' ? 1 : 0,
    ].join(',');
  });
  return `${kHeader}\n${rows.join('\n')}\n`;
}

function card(report, bytes) {
  const { auc, log_loss, brier, calibration_error, base_rate, threshold, trees, baselines } =
    report.metrics['purchase-intent'];
  const [a, b, alpha, beta] = report.intents['leave-intent'].pace;
  const three = (x) => x.toFixed(3);
  const range = (figure) =>
    `${three(figure.value)} (${three(figure.low)} to ${three(figure.high)})`;
  return `# Intents of a visitor: the default

What \`visit.predict('purchase-intent')\` and \`('leave-intent')\` say in a shop that has no log of its own visits. ${bytes}
bytes; answers made with it have the source \`default\`.

**Data.** *Online Shoppers Purchasing Intention* (C. O. Sakar and Y. Kastro, UCI Machine Learning Repository,
<https://doi.org/10.24432/C5F88Q>), CC BY 4.0: ${report.visits.toLocaleString('en')} whole visits of one shop, ${report.buyers.toLocaleString('en')} with a purchase. Used:
pages of account, information and products with their seconds, weekend, and whether the visitor returned. Each visit to
learn from counts a second time with the return unknown, since a page that remembers nothing does not know it.

**Purchase intent.** ${trees} boosted trees of at most 8 leaves, three fifths of the visits to learn from, one fifth for the
probabilities (Platt) and the threshold (${three(threshold)}, best F1), one fifth to test, drawn with seed 42; the file then learnt
from all.

| on the test | this model | number of pages alone | base rate (${three(base_rate)}) |
|---|---|---|---|
| AUC | ${range(auc)} | ${three(baselines.events.auc.value)} | 0.500 |
| log loss | ${range(log_loss)} | ${three(baselines.events.log_loss.value)} | ${three(baselines.base_rate.log_loss.value)} |
| Brier score | ${range(brier)} | ${three(baselines.events.brier.value)} | ${three(baselines.base_rate.brier.value)} |
| calibration error (10 bins) | ${three(calibration_error)} | | |

In brackets 95 of 100 resamples.

**Leave intent.** These visits have no single moments, so no model can be trained to tell which one is the last. The file
has four numbers instead, fitted by maximum likelihood: page k is the last with probability a / (a + b + k - 1), a = ${a.toFixed(2)},
b = ${b.toFixed(2)}; a visitor's time to the next event is exponential with a rate of their own, gamma distributed with shape
${alpha.toFixed(2)} and scale 1 / ${beta.toFixed(1)} s, which the visit's own pace corrects (src/behaviour/intents.h). How well this tells
the end of a visit could not be measured on these data.

**Limits.** One shop, one year. The rows are whole visits: the probability early in a visit is that of a visit which ends
there. A shop's own log is better: \`storewise train intents --events events.csv --out intents.onnx\`.

**Remake.** \`npm run models -- intents\`
`;
}

export async function make({ temporary, models }) {
  const table = path.join(temporary, 'online-shoppers.csv');
  writeFileSync(
    table,
    visits(readFileSync(dataFile('online_shoppers/online_shoppers_intention.csv'), 'utf8')),
  );
  const folder = path.join(models, 'intents');
  mkdirSync(folder, { recursive: true });
  const out = path.join(folder, 'model.onnx');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      ...[cli, 'train', 'intents', '--visits', table, '--source', 'default', '--out', out],
      ...['--licence', 'CC BY 4.0 (Online Shoppers Purchasing Intention)', '--json'],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr || stdout);
  const bytes = statSync(out).size;
  writeFileSync(path.join(folder, 'card.md'), card(JSON.parse(stdout), bytes));
  say(`models/intents: ${bytes} bytes`);
}
