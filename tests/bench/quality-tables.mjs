// The suites of quality.mjs that predict behaviour from tables: Online Shoppers, Hillstrom's mailing,
// coupons of the Complete Journey. Each with scikit-learn in the same run, on the same rows, where a
// Python with scikit-learn is there: STOREWISE_PYTHON, or the environment that `npm run parity` makes.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pythonOfParity } from '../../models/recipes/parity/environment.mjs';
import { readCsv, tableInputs, withTemporaryFolder, writeCsv } from './data.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const script = fileURLToPath(new URL('./quality_sklearn.py', import.meta.url));
const round = (number) => Number(number.toPrecision(4));
const percent = (share) => Number((100 * share).toFixed(2));

/** The answer of quality_sklearn.py, or undefined (said on stderr) without Python. */
function scikitLearn(job) {
  const python =
    process.env.STOREWISE_PYTHON ?? (existsSync(pythonOfParity) ? pythonOfParity : undefined);
  if (python === undefined) {
    console.error(
      'left out: scikit-learn (npm run parity makes build/parity-venv; or set STOREWISE_PYTHON)',
    );
    return undefined;
  }
  const { status, stdout, stderr, error } = spawnSync(python, [script], {
    input: JSON.stringify(job),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`scikit-learn: ${error?.message ?? stderr}`);
  return JSON.parse(stdout);
}

// Every kind on scikit-learn's own split.
export function onlineShoppers(file, storewise) {
  const theirs = scikitLearn({ do: 'kinds', file, target: 'Revenue' });
  const kinds = {
    tree: ['tree'],
    forest: ['forest'],
    boosted: ['boosted'],
    svm: ['svm', '--kernel', 'rbf'],
    'linear svm': ['svm', '--kernel', 'linear'],
    logistic: ['logistic'],
  };
  const result = {};
  for (const [name, [kind, ...options]] of Object.entries(kinds)) {
    const { metrics, split } = storewise(
      ...['train', kind, '--input', file, '--target', 'Revenue', ...options],
      ...['--split', 'shuffle-numpy', '--seed', '42'],
    );
    const other = theirs?.[name];
    result[name] = {
      accuracy: percent(metrics.accuracy),
      AUC: round(metrics.auc),
      ...(other === undefined
        ? {}
        : {
            'scikit-learn accuracy': percent(other.accuracy),
            'scikit-learn AUC': round(other.auc),
          }),
      'rows tested': split.test,
    };
  }
  return result;
}

/** Area between the Qini curve and the line to its end, for each of the treated; ties share places. */
export function qini(scores, treated, outcomes) {
  const order = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
  let [nt, nc, yt, yc, area, before, last] = [0, 0, 0, 0, 0, 0, 0];
  order.forEach((row, i) => {
    if (treated[row]) {
      nt += 1;
      yt += outcomes[row];
    } else {
      nc += 1;
      yc += outcomes[row];
    }
    if (i + 1 < order.length && scores[order[i + 1]] === scores[row]) return;
    const gain = nc > 0 ? yt - (yc * nt) / nc : yt;
    area += ((i + 1 - before) * (gain + last)) / 2;
    before = i + 1;
    last = gain;
  });
  return (area / order.length - last / 2) / nt;
}

function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function shuffled(rows, seed) {
  const random = generator(seed);
  const list = [...rows];
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;

/** What a model says of rows, by the names of its columns: rows of `width` numbers. */
async function answersOf(file, rows, output, width) {
  const { loadModel } = await import(pathToFileURL(path.join(root, 'dist/index.js')).href);
  const model = await loadModel(pathToFileURL(file).href);
  const { data } = model.run(tableInputs(model.metadata, rows))[output];
  const said = rows.map((_, i) => Array.from(data.subarray(width * i, width * (i + 1))));
  model.dispose();
  return said;
}

// Halves drawn by chance, three times: one to learn from, the other tested; the mean of the three.
export function hillstrom(file, storewise) {
  const [treatment, control, target] = ['segment', 'No E-Mail', 'visit'];
  const all = readCsv(file);
  const header = Object.keys(all[0]).filter((name) => !['conversion', 'spend'].includes(name));
  return withTemporaryFolder(async (folder) => {
    const figures = {};
    const add = (arm, name, value) => {
      figures[arm] ??= {};
      figures[arm][name] ??= [];
      figures[arm][name].push(value);
    };
    for (const seed of [1, 2, 3]) {
      const rows = shuffled(all, seed);
      const half = rows.length / 2;
      const [train, test] = [rows.slice(0, half), rows.slice(half)];
      const write = (name, part) =>
        writeCsv(
          path.join(folder, name),
          header,
          part.map((row) => header.map((column) => row[column])),
        );
      const files = { train: write('train.csv', train), test: write('test.csv', test) };
      const model = path.join(folder, 'uplift.onnx');
      const { arms } = storewise(
        ...['train', 'uplift', '--input', files.train, '--out', model],
        ...['--target', target, '--treatment', treatment, '--control', control],
      );
      const ours = await answersOf(model, test, 'value', arms.length);
      const theirs = scikitLearn({
        do: 'two_models',
        ...files,
        ...{ target, treatment, control, arms, seed },
      });
      const random = generator(seed + 100);
      for (const [a, arm] of arms.entries()) {
        const places = test.flatMap((row, i) =>
          [arm, control].includes(row[treatment]) ? [i] : [],
        );
        const treated = places.map((i) => test[i][treatment] === arm);
        const outcomes = places.map((i) => Number(test[i][target]));
        const of = (scores) => qini(scores, treated, outcomes);
        add(arm, 'storewise', of(places.map((i) => ours[i][a])));
        add(arm, 'random', of(places.map(() => random())));
        if (theirs === undefined) continue;
        add(arm, 'scikit-learn, a forest an arm', of(places.map((i) => theirs[arm][i])));
      }
    }
    const table = Object.entries(figures).map(([arm, by]) => [
      arm,
      Object.fromEntries(
        Object.entries(by).map(([name, list]) => [
          name,
          `${round(mean(list))} (${list.map(round).join(', ')})`,
        ]),
      ),
    ]);
    return {
      rows: { 'learnt from': all.length / 2, tested: all.length / 2 },
      ...Object.fromEntries(table),
    };
  });
}

/** Area under the curve; ties count half. */
export function areaUnderCurve(scores, belongs) {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let [ranks, yes] = [0, 0];
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && scores[order[end]] === scores[order[i]]) end += 1;
    for (let k = i; k < end; k += 1) {
      if (!belongs[order[k]]) continue;
      yes += 1;
      ranks += (i + end + 1) / 2;
    }
    i = end;
  }
  const no = order.length - yes;
  return (ranks - (yes * (yes + 1)) / 2) / (yes * no);
}

const day = (text) => Math.floor(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) / 86_400_000);

/** Times in order, with how many lie before a day. */
class Times {
  #days;
  #values;
  constructor(entries) {
    const sorted = [...entries].sort((a, b) => a[0] - b[0]);
    this.#days = sorted.map(([at]) => at);
    this.#values = sorted.map(([, value]) => value);
  }
  before(limit, since = Number.NEGATIVE_INFINITY) {
    return this.#values.filter((_, i) => this.#days[i] < limit && this.#days[i] >= since);
  }
  last(limit) {
    return this.#days.filter((at) => at < limit).at(-1);
  }
}

function grouped(rows, key, value) {
  const groups = new Map();
  for (const row of rows) {
    const list = groups.get(row[key]) ?? [];
    list.push(value(row));
    groups.set(row[key], list);
  }
  return groups;
}

const sum = (list) => list.reduce((total, x) => total + x, 0);

/** A row for each household of each campaign, from what was known before the campaign began. */
export function couponRows(data) {
  const campaigns = data.descriptions
    .map((row) => ({ ...row, start: day(row.start_date), end: day(row.end_date) }))
    .sort((a, b) => a.start - b.start || Number(a.campaign_id) - Number(b.campaign_id));
  const households = grouped(data.campaigns, 'campaign_id', (row) => row.household_id);
  const redeemed = new Map(
    [...grouped(data.redemptions, 'household_id', (row) => row)].map(([id, rows]) => [
      id,
      new Times(rows.map((row) => [day(row.redemption_date), row])),
    ]),
  );
  const bought = new Map(
    [...grouped(data.transactions, 'household_id', (row) => row)].map(([id, rows]) => [
      id,
      new Times(rows.map((row) => [day(row.transaction_timestamp), row])),
    ]),
  );
  const coupons = grouped(data.coupons, 'campaign_id', (row) => row);
  const people = new Map(data.demographics.map((row) => [row.household_id, row]));
  const none = new Times([]);
  const traits = [
    'age',
    'income',
    'home_ownership',
    'marital_status',
    'household_size',
    'kids_count',
  ];
  const received = new Map();
  const rows = [];
  for (const campaign of campaigns) {
    const { campaign_id: id, start, end } = campaign;
    const offered = coupons.get(id) ?? [];
    const products = new Set(offered.map(({ product_id }) => product_id));
    const members = households.get(id) ?? [];
    for (const household of members) {
      const past = (redeemed.get(household) ?? none).before(start);
      const recent = (redeemed.get(household) ?? none).before(start, start - 90);
      const lines = (bought.get(household) ?? none).before(start);
      const earlier = received.get(household) ?? [];
      const over = earlier.filter((other) => other.start < start);
      const answered = new Set(past.map((row) => row.campaign_id));
      const now = data.redemptionSet.has(`${household} ${id}`);
      const lastRedeemed = (redeemed.get(household) ?? none).last(start);
      const lastBought = (bought.get(household) ?? none).last(start);
      const trait = people.get(household);
      rows.push({
        campaign: id,
        start,
        redeemed: now ? 1 : 0,
        type: campaign.campaign_type,
        days: end - start,
        coupons: new Set(offered.map(({ coupon_upc }) => coupon_upc)).size,
        products: products.size,
        members: members.length,
        earlier_campaigns: over.length,
        answered_campaigns: answered.size,
        own_rate: (answered.size + 0.05) / (over.length + 1),
        answered_same_type: over.filter(
          (other) =>
            other.campaign_type === campaign.campaign_type && answered.has(other.campaign_id),
        ).length,
        redemptions: past.length,
        recent_redemptions: recent.length,
        days_since_redemption: lastRedeemed === undefined ? '' : start - lastRedeemed,
        lines: lines.length,
        baskets: new Set(lines.map(({ basket_id }) => basket_id)).size,
        spent: round(sum(lines.map(({ sales_value }) => Number(sales_value)))),
        coupon_lines: lines.filter(({ coupon_disc }) => Number(coupon_disc) > 0).length,
        bought_of_offer: lines.filter(({ product_id }) => products.has(product_id)).length,
        days_since_purchase: lastBought === undefined ? '' : start - lastBought,
        ...Object.fromEntries(traits.map((name) => [name, trait?.[name] ?? 'not known'])),
      });
    }
    for (const household of members) {
      received.set(household, [...(received.get(household) ?? []), campaign]);
    }
  }
  return rows;
}

// The last seven campaigns by their start are the test, the five before them choose the settings.
export function couponRedemption(files, storewise) {
  const read = Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, readCsv(file)]),
  );
  const redemptionSet = new Set(
    read.redemptions.map(({ household_id, campaign_id }) => `${household_id} ${campaign_id}`),
  );
  const rows = couponRows({ ...read, redemptionSet });
  const order = [...new Set(rows.map(({ campaign }) => campaign))];
  const [testing, validating] = [new Set(order.slice(-7)), new Set(order.slice(-12, -7))];
  const parts = {
    train: rows.filter(({ campaign }) => !testing.has(campaign) && !validating.has(campaign)),
    validation: rows.filter(({ campaign }) => validating.has(campaign)),
    test: rows.filter(({ campaign }) => testing.has(campaign)),
  };
  const leftOut = ['campaign', 'start'];
  const header = Object.keys(rows[0]);
  return withTemporaryFolder((folder) => {
    const write = (name, list) =>
      writeCsv(
        path.join(folder, `${name}.csv`),
        header,
        list.map((row) => header.map((column) => row[column])),
      );
    const paths = Object.fromEntries(
      Object.entries(parts).map(([name, list]) => [name, write(name, list)]),
    );
    const both = write('both', [...parts.train, ...parts.validation]);
    const boosted = (train, test, settings) =>
      storewise(
        ...['train', 'boosted', '--input', train, '--test', test, '--target', 'redeemed'],
        ...[...leftOut.flatMap((name) => ['--drop', name]), ...settings],
      ).metrics.auc;
    const choices = [
      [],
      ['--depth', '3', '--learning-rate', '0.05'],
      ['--depth', '2', '--learning-rate', '0.05'],
      ['--min-leaf', '60', '--learning-rate', '0.03'],
      ['--depth', '3', '--min-leaf', '60', '--learning-rate', '0.03'],
    ];
    const tried = choices.map((settings) => ({
      settings,
      auc: boosted(paths.train, paths.validation, settings),
    }));
    const best = tried.reduce((a, b) => (b.auc > a.auc ? b : a));
    const belongs = parts.test.map(({ redeemed }) => redeemed === 1);
    const other = scikitLearn({
      do: 'logistic',
      ...paths,
      ...{ target: 'redeemed', left_out: leftOut },
    });
    return {
      rows: Object.fromEntries(Object.entries(parts).map(([name, list]) => [name, list.length])),
      'redeemed, % of rows tested': percent(mean(belongs.map(Number))),
      AUC: {
        'storewise boosted': round(boosted(both, paths.test, best.settings)),
        'own redemption rate': round(
          areaUnderCurve(
            parts.test.map(({ own_rate }) => own_rate),
            belongs,
          ),
        ),
        ...(other === undefined
          ? {}
          : {
              'scikit-learn logistic regression': round(areaUnderCurve(other.scores, belongs)),
              'its cost': other.cost,
            }),
      },
      'settings chosen on validation': best.settings.join(' ') || 'the usual ones',
      'validation AUC': tried.map(({ auc }) => round(auc)).join(', '),
    };
  });
}
