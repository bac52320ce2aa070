// `npm run bench:quality`: how good the trained models are on public data, int8, through the
// command line and the shipped wasm. A table for people; --json for one object.
//
// Splits: Online Retail: baskets in the last 10 % of time are the test, the last item of each is
// predicted from the others. Banking77 and CLINC150: the published test files, read once; every
// choice is made by the trainer inside the training file. Demo FAQ: phrasings and out-of-scope
// messages that were written before training (models/recipes/complete-journey). Customers: the last
// 90 days of the orders, by what was learnt from the days before. Behaviour from tables, beside
// scikit-learn in the same run: quality-tables.mjs.
import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, storewise } from '../../web/tools/run.mjs';
import { cooccurrence, cosine, evaluate, lastItemQueries, popularity } from './baselines.mjs';
import {
  dataFile,
  onlineRetailBaskets,
  readCsv,
  readText,
  splitByTime,
  withTemporaryFolder,
  writeCsv,
} from './data.mjs';
import { couponRedemption, hillstrom, onlineShoppers } from './quality-tables.mjs';

const recipe = path.join(root, 'models/recipes/complete-journey');
const percent = (share) => Number((100 * share).toFixed(2));

async function onlineRetail(file) {
  const k = 20;
  const { train, test } = splitByTime(onlineRetailBaskets(file), 0.1);
  return withTemporaryFolder((folder) => {
    const events = (name, baskets) =>
      writeCsv(
        path.join(folder, name),
        ['session', 'item', 'time'],
        baskets.flatMap(({ id, time, items }) => items.map((item) => [id, item, time])),
      );
    const model = path.join(folder, 'recommender.onnx');
    const trained = storewise(
      'train',
      'recommender',
      '--events',
      events('train.csv', train),
      '--out',
      model,
    );
    const ours = storewise(
      ...['eval', 'recommender', model, '--events', events('test.csv', test)],
      ...['--protocol', 'last', '--k', String(k)],
    );
    // The same queries for all: those whose last item occurs in training (the others, which no
    // method here can name, are counted in `unknown`).
    const seen = new Set(train.flatMap(({ items }) => items));
    const all = lastItemQueries(test);
    const queries = all.filter(({ target }) => seen.has(target));
    const baseline = (recommend) => {
      const { recall, mrr } = evaluate(queries, recommend, k);
      return { recall: percent(recall), mrr: percent(mrr) };
    };
    return {
      baskets: { train: train.length, test: test.length },
      queries: queries.length,
      unknown: all.length - queries.length,
      'storewise int8': {
        recall: percent(ours.recall),
        mrr: percent(ours.mrr),
        queries: ours.queries,
        bytes: ours.model_bytes,
        seconds: trained.seconds,
      },
      popularity: baseline(popularity(train)),
      'co-occurrence': baseline(cooccurrence(train)),
      'co-occurrence, cosine (ItemKNN)': baseline(cooccurrence(train, cosine)),
    };
  });
}

function classifier(name, training, tests, options = []) {
  return withTemporaryFolder((folder) => {
    const model = path.join(folder, `${name}.onnx`);
    const input = writeCsv(path.join(folder, 'train.csv'), ['text', 'label'], training);
    const trained = storewise('train', 'classifier', '--input', input, '--out', model, ...options);
    const file = writeCsv(path.join(folder, 'test.csv'), ['text', 'label'], tests);
    const result = storewise('eval', 'classifier', model, '--input', file);
    return {
      accuracy: percent(result.accuracy),
      'in scope, after the threshold': percent(result.accuracy_in_scope),
      ...(result.out_of_scope_recall === null || result.out_of_scope_recall === undefined
        ? {}
        : { 'out-of-scope recall': percent(result.out_of_scope_recall) }),
      examples: result.examples,
      bytes: result.model_bytes,
      seconds: trained.seconds,
    };
  });
}

function banking77(trainFile, testFile) {
  const rows = (file) => readCsv(file).map(({ text, category }) => [text, category]);
  return classifier('banking77', rows(trainFile), rows(testFile));
}

function clinc150(file) {
  const data = JSON.parse(readText(file));
  return classifier(
    'clinc150',
    [...data.train, ...data.oos_train],
    [...data.test, ...data.oos_test],
    ['--out-of-scope-label', 'oos'],
  );
}

/** The shipped demo shop on questions that were written before it was trained. */
async function demoFaq() {
  const { loadShop } = await import(pathToFileURL(path.join(root, 'dist/index.js')).href);
  const shop = await loadShop(pathToFileURL(path.join(root, 'models/demo-shop/shop.json')).href);
  try {
    const outcome = {};
    for (const language of ['en', 'zh']) {
      const tally = { answered: 0, right: 0, offered: 0, total: 0 };
      for (const { text, label } of readCsv(path.join(recipe, 'faq-heldout.csv')).filter(
        (row) => row.language === language,
      )) {
        const reply = shop.ask(text, { language });
        tally.total += 1;
        if (reply.kind === 'answer') tally.answered += 1;
        if (reply.intent === label && reply.kind === 'answer') tally.right += 1;
        if (reply.kind === 'clarify' && reply.choices.some(({ intent }) => intent === label)) {
          tally.offered += 1;
        }
      }
      const outside = readCsv(path.join(recipe, 'faq-out-of-scope.csv')).filter(
        (row) => row.language === language,
      );
      const kinds = outside.map(({ text }) => shop.ask(text, { language }).kind);
      outcome[language] = {
        'answered rightly': percent(tally.right / tally.total),
        'right among the choices': percent(tally.offered / tally.total),
        'answered wrongly': percent((tally.answered - tally.right) / tally.total),
        questions: tally.total,
        'out of scope not answered': percent(
          kinds.filter((kind) => kind !== 'answer').length / kinds.length,
        ),
        'out of scope handed over': percent(
          kinds.filter((kind) => kind === 'handoff').length / kinds.length,
        ),
        'out-of-scope messages': kinds.length,
      };
    }
    return {
      bytes: statSync(path.join(root, 'models/demo-shop/classifier.onnx')).size,
      ...outcome,
    };
  } finally {
    shop.dispose();
  }
}

/** What a build says of a shop's customers; its own test, the last 90 days, is looked at once. */
function customers(folder, orders, more = []) {
  const built = storewise('build', '--orders', orders, ...more, '--out', path.join(folder, 'shop'));
  const { customers, churn, wait, value, category } = built.metrics.customers;
  const round = (number) => Number(number.toPrecision(4));
  const interval = ({ value, low, high }) => `${round(value)} (${round(low)} to ${round(high)})`;
  return {
    customers: { tested: customers, bytes: built.customers.bytes },
    [`no order in ${built.customers.churn_days} days`]: {
      AUC: interval(churn.auc),
      'log loss': interval(churn.log_loss),
      'calibration error': round(churn.calibration_error),
      'own frequency AUC': round(churn.baselines.own_frequency.auc),
      'base rate log loss': round(churn.baselines.majority.log_loss),
    },
    'next order': {
      concordance: round(wait.concordance),
      'MAE, days': round(wait.mae),
      'own frequency concordance': round(wait.baselines.own_frequency.concordance),
      'own gap MAE': round(wait.baselines.own_gap.mae),
      'usual gap MAE': round(wait.baselines.usual_gap.mae),
    },
    'value of the next 90 days': {
      R2: interval(value.r2),
      MAE: interval(value.mae),
      'last period R2': round(value.baselines.last_period.r2),
      'last period MAE': round(value.baselines.last_period.mae),
    },
    ...(category === null
      ? {}
      : {
          'next category': {
            'hit@1': percent(category.hit_1),
            'hit@3': percent(category.hit_3),
            'own most frequent hit@1': percent(category.baselines.own_most_frequent.hit_1),
            'own most frequent hit@3': percent(category.baselines.own_most_frequent.hit_3),
          },
        }),
  };
}

function completeJourneyCustomers(transactions, products) {
  return withTemporaryFolder((folder) => {
    // Sales values are of a line; the orders file wants the price of a unit.
    const lines = readCsv(transactions)
      .filter(({ quantity }) => Number(quantity) > 0)
      .map((row) => [
        row.basket_id,
        row.product_id,
        row.quantity,
        Number(row.sales_value) / Number(row.quantity),
        row.transaction_timestamp,
        row.household_id,
      ]);
    const sold = new Set(lines.map(([, product]) => product));
    const list = readCsv(products)
      .filter(({ product_id }) => sold.has(product_id))
      .map((row) => [row.product_id, row.product_type || row.product_id, row.product_category]);
    const header = ['order_id', 'sku', 'quantity', 'price', 'time', 'customer_id'];
    const orders = writeCsv(path.join(folder, 'orders.csv'), header, lines);
    const catalogue = writeCsv(
      path.join(folder, 'products.csv'),
      ['sku', 'name', 'category'],
      list,
    );
    return customers(folder, orders, ['--catalog', catalogue]);
  });
}

/** Every family of models that is shipped, as their recipes measured them: not measured again. */
async function shipped() {
  // Loaded when asked for: it opens the package.
  const { shippedFigures } = await import('../../models/recipes/table.mjs');
  const figures = await shippedFigures(path.join(root, 'models'));
  return Object.fromEntries(
    figures.map(({ folder, file, family, bytes, figure, float, int8 }) => [
      `${folder}/${file}, ${figure}`,
      { family, bytes, float32: float, int8: int8 || 'nothing rounded' },
    ]),
  );
}

const suites = {
  'Shipped models, every family, on rows they did not learn from': shipped,
  'Online Retail, last item of a basket, last 10 % of time, top 20': async () => {
    const file = dataFile('online_retail/OnlineRetail.csv.gz');
    return file && onlineRetail(file);
  },
  'Banking77, full, published test file': async () => {
    const train = dataFile('banking77/train.csv');
    const test = dataFile('banking77/test.csv');
    return train && test && banking77(train, test);
  },
  'CLINC150, full, published test split': async () => {
    const file = dataFile('clinc150/data_full.json');
    return file && clinc150(file);
  },
  'Demo FAQ, held-out phrasings': demoFaq,
  'Online Retail, customers, last 90 days': async () => {
    const file = dataFile('online_retail/OnlineRetail.csv.gz');
    return file && withTemporaryFolder((folder) => customers(folder, file));
  },
  'Complete Journey sample, customers, last 90 days': async () => {
    const transactions = dataFile('complete_journey/transactions_sample.csv.gz');
    const products = dataFile('complete_journey/products.csv.gz');
    return transactions && products && completeJourneyCustomers(transactions, products);
  },
  'Online Shoppers, purchase or not, 80/20 with seed 42': async () => {
    const file = dataFile('online_shoppers/online_shoppers_intention.csv');
    return file && onlineShoppers(file, storewise);
  },
  'Hillstrom, who visits because of an e-mail, Qini, halves by chance': async () => {
    const file = dataFile('hillstrom/hillstrom.csv.gz');
    return file && hillstrom(file, storewise);
  },
  'Complete Journey, coupons redeemed in the last 7 campaigns': async () => {
    const files = Object.fromEntries(
      Object.entries({
        descriptions: 'campaign_descriptions.csv',
        campaigns: 'campaigns.csv',
        redemptions: 'coupon_redemptions.csv',
        coupons: 'coupons.csv.gz',
        demographics: 'demographics.csv',
        transactions: 'transactions_sample.csv.gz',
      }).map(([name, file]) => [name, dataFile(`complete_journey/${file}`)]),
    );
    return Object.values(files).every(Boolean) && couponRedemption(files, storewise);
  },
};

const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const results = {};
for (const [name, suite] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.some((word) => name.toLowerCase().includes(word.toLowerCase())))
    continue;
  const result = await suite();
  if (!result) continue;
  results[name] = result;
  if (!json) {
    console.log(`\n${name}`);
    const rows = Object.entries(result);
    for (const [key, value] of rows) {
      const text =
        typeof value === 'object'
          ? Object.entries(value)
              .map(([inner, figure]) => `${inner} ${figure}`)
              .join(', ')
          : value;
      console.log(`  ${key}: ${text}`);
    }
  }
}
if (json) console.log(JSON.stringify(results, null, 2));
