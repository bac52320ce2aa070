// `storewise build`: a shop's files in, the folder that a page loads out.

import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Arguments, CommandSpec } from '../args.js';
import { type BuiltShop, buildShop, kShopFiles } from '../build.js';
import type { CustomersReport } from '../customers.js';
import { usageError } from '../errors.js';
import { languageCode } from '../languages.js';
import { prepareFolder, writeFile, writeFolder } from '../output.js';
import { missingSentence } from '../report/customers.js';
import type { IntentsMode } from '../shop-intents.js';
import { counted, percent, secondsSince, size, type Terminal, whole } from '../terminal.js';
import {
  type Command,
  checkedDate,
  datesOf,
  datesOption,
  encodingOption,
  licenceOption,
  minCountOption,
  neighboursOption,
  seedOption,
  tuneOf,
  tuneOption,
} from './common.js';
import { intentLines } from './train-intents.js';

const spec: CommandSpec = {
  name: 'build',
  summary: "Makes a shop's models and data files out of its own exports, and a report on them.",
  positionals: [],
  options: [
    {
      name: 'orders',
      value: 'FILE',
      help: 'orders, CSV: order_id, sku, quantity, price, time, customer_id',
    },
    {
      name: 'catalog',
      value: 'FILE',
      help: 'products, CSV: sku, name, price, department, brand, …',
    },
    {
      name: 'faq',
      value: 'FILE',
      help: 'questions, CSV: question, answer; or id, language, question, answer, category',
    },
    {
      name: 'events',
      value: 'FILE',
      help: 'visits, CSV: session, item, time; with event (view, add, remove, purchase, products, account, information) and optional user, quantity, what visitors are about to do is learnt as well',
    },
    {
      name: 'offers',
      value: 'FILE',
      help: 'offers, CSV: offer_id, title, kind, value, min_quantity, min_spend, skus, starts, ends',
    },
    { name: 'rules', value: 'FILE', help: 'business rules, JSON' },
    {
      name: 'faq-test',
      value: 'FILE',
      help: 'questions to test the answers with, CSV: text, label (an id of the FAQ; any other is out of scope)',
    },
    {
      name: 'out-of-scope',
      value: 'FILE',
      help: 'questions that the shop does not answer, CSV: text',
    },
    {
      name: 'customers',
      value: 'FILE',
      help: 'write a table of the customers there, CSV: group, risk and expected value of each; keep it private',
    },
    {
      name: 'intents',
      value: 'MODE',
      help: 'what visitors are about to do. auto: learnt from --events where they can teach it, else the shipped default; default: always that; off: none',
      choices: ['auto', 'default', 'off'],
      default: 'auto',
    },
    { name: 'out', value: 'FOLDER', help: 'where the files go', required: true },
    { name: 'name', value: 'TEXT', help: "the shop's name" },
    { name: 'currency', value: 'CODE', help: 'such as EUR; taken from the files otherwise' },
    {
      name: 'languages',
      value: 'LIST',
      help: 'such as en,zh, the main one first; taken from the files otherwise',
    },
    encodingOption,
    datesOption,
    tuneOption,
    minCountOption,
    neighboursOption,
    seedOption,
    licenceOption,
    {
      name: 'date',
      value: 'DATE',
      help: 'date to write into shop.json; without it, builds repeat byte by byte',
    },
  ],
  notes: [
    'At least one of --orders, --events and --faq is needed. Files may be gzipped; delimiter, encoding and\n' +
      'the headers of usual shop exports (Shopify, WooCommerce, Magento and others) are recognised.',
    'The suggestions are tested on the newest tenth of the orders, the questions by cross-validation, what\n' +
      'visitors are about to do on the newest fifth of the visits.',
  ],
  example:
    'storewise build --orders orders.csv --catalog products.csv --faq faq.csv --out public/storewise',
};

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const out = args.needed('out');
  if (['orders', 'events', 'faq'].every((name) => args.text(name) === undefined)) {
    throw usageError('there is nothing to build from', {
      expected: 'at least one of --orders, --events and --faq',
    });
  }
  const date = checkedDate(args.text('date'));
  const currency = checkedCurrency(args.text('currency'));
  const languages = checkedLanguages(args.text('languages'));
  const customersFile = privateFile(args.text('customers'), out);
  prepareFolder(out);
  const shop = await buildShop(
    {
      orders: args.text('orders'),
      catalog: args.text('catalog'),
      faq: args.text('faq'),
      events: args.text('events'),
      offers: args.text('offers'),
      rules: args.text('rules'),
      listCustomers: customersFile !== undefined,
      faqTest: args.text('faq-test'),
      outOfScope: args.text('out-of-scope'),
      name: args.text('name'),
      intents: args.needed('intents') as IntentsMode,
      currency,
      languages,
      encoding: args.text('encoding'),
      dates: datesOf(args),
      tune: tuneOf(args),
      minCount: args.integer('min-count'),
      neighbours: args.integer('neighbours'),
      seed: args.integer('seed') ?? 42,
      licence: args.text('licence'),
      date,
    },
    terminal.progress,
  );
  writeFolder(out, shop.files, kShopFiles);
  if (customersFile !== undefined && shop.customersTable !== undefined) {
    writeFile(customersFile, shop.customersTable);
  }
  for (const note of shop.inputs.notes) terminal.note(note);
  const seconds = secondsSince(start);
  terminal.result(answer(shop, out, seconds), lines(shop, out, seconds));
}

function answer(shop: BuiltShop, out: string, seconds: number): object {
  const { inputs, recommender, classifier } = shop;
  const files = Object.fromEntries(
    [...shop.files].map(([name, { byteLength }]) => [name, byteLength]),
  );
  return {
    out,
    files,
    bytes: totalBytes(shop),
    metrics: {
      recommender: recommender?.report.metrics ?? null,
      classifier: classifier?.report.metrics ?? null,
      classifier_test: shop.faqTest ?? null,
      customers: shop.customers?.report.metrics ?? null,
      intents: shop.intents?.metrics ?? null,
    },
    orders: inputs.orders?.orderCount ?? 0,
    sessions: inputs.sessions?.sessionCount ?? 0,
    products: inputs.catalogue.document.count,
    questions: inputs.faq?.document.entries.length ?? 0,
    offers: inputs.offers?.document.offers.length ?? 0,
    recommender: recommender === undefined ? null : { ...recommender.report, metrics: undefined },
    classifier:
      classifier === undefined
        ? null
        : { ...classifier.report, metrics: undefined, confusions: undefined },
    customers: shop.customers === undefined ? null : withoutNames(shop.customers.report),
    intents: intentsAnswer(shop),
    left_out: inputs.leftOut,
    notes: inputs.notes,
    seconds,
  };
}

function totalBytes(shop: BuiltShop): number {
  let bytes = 0;
  for (const content of shop.files.values()) bytes += content.byteLength;
  return bytes;
}

function lines(shop: BuiltShop, out: string, seconds: number): string[] {
  const { inputs, recommender, classifier } = shop;
  const parts: string[] = [];
  if (inputs.orders !== undefined) parts.push(counted(inputs.orders.orderCount, 'order'));
  if (inputs.events !== undefined) parts.push(counted(inputs.events.sessionCount, 'visit'));
  parts.push(counted(inputs.catalogue.document.count, 'product'));
  if (inputs.faq !== undefined) parts.push(counted(inputs.faq.document.entries.length, 'question'));
  if (inputs.offers !== undefined)
    parts.push(counted(inputs.offers.document.offers.length, 'offer'));
  const text = [`Read ${parts.join(', ')}.`];
  for (const entry of inputs.leftOut)
    text.push(`  left out: ${entry.reason}: ${whole(entry.count)}`);
  const metrics = recommender?.report.metrics;
  if (metrics) {
    text.push(
      `Suggestions: the next product is among ${metrics.k} in ${percent(metrics.recall)} of ${counted(metrics.queries, 'case')} ` +
        `(best sellers ${percent(metrics.popularity.recall)}, bought together ${percent(metrics.cooccurrence.recall)}).`,
    );
  } else if (recommender !== undefined) {
    text.push('Suggestions: too few orders to measure.');
  }
  text.push(...customerLines(shop), ...intentsLines(shop));
  const accuracy = classifier?.report.metrics?.accuracy;
  const { faqTest } = shop;
  if (faqTest !== undefined) {
    text.push(
      `Questions: ${percent(faqTest.accuracy)} of ${whole(faqTest.in_scope)} kept apart understood.`,
    );
  } else if (accuracy !== undefined) {
    text.push(`Questions: ${percent(accuracy)} understood (cross-validation).`);
  }
  text.push(
    `Wrote ${counted(shop.files.size, 'file')}, ${size(totalBytes(shop))}, to ${out} in ${seconds} s.`,
    `Look at ${path.join(out, 'report.html')}, or run: storewise serve ${out}`,
  );
  return text;
}

function customerLines({ customers }: BuiltShop): string[] {
  if (customers === undefined || customers.report.customers === 0) return [];
  const { report } = customers;
  const start = `Customers: ${whole(report.customers)}`;
  const churn = report.metrics?.churn;
  if (report.missing !== null) return [`${start}. ${missingSentence(report.missing)}`];
  if (!churn) return [`${start}, in groups; too few to test what they will do.`];
  return [
    `${start}; who stays away ${report.churn_days} days is told with AUC ${churn.auc.value?.toFixed(3)} ` +
      `(by how often they bought ${churn.baselines.own_frequency.auc?.toFixed(3)}).`,
  ];
}

function intentsAnswer({ intents }: BuiltShop): object | null {
  if (intents === undefined) return null;
  const { source, reason, visits, licence, report } = intents;
  return { source, reason, visits, licence, ...report, metrics: undefined };
}

function intentsLines({ intents }: BuiltShop): string[] {
  if (intents === undefined) return [];
  if (intents.report !== undefined) {
    const { visits, buyers } = intents.report;
    return [
      `Intents: learnt from ${counted(visits, 'visit')}, of which ${whole(buyers)} bought.`,
      ...intentLines(intents.report).map((line) => `  ${line}`),
    ];
  }
  return [
    `Intents: the shipped default, learnt from ${counted(intents.visits, 'visit')} of another shop; ${intents.reason}.`,
  ];
}

/** The figures alone; of single customers the table tells. */
function withoutNames(report: CustomersReport): object {
  const { outlook } = report;
  return {
    ...report,
    metrics: undefined,
    segment_of: undefined,
    outlook: outlook === null ? null : { ...outlook, customers: undefined },
  };
}

/** A file that names customers must not lie in the folder that goes on the site. */
function privateFile(file: string | undefined, out: string): string | undefined {
  if (file === undefined) return undefined;
  const inside = path.relative(path.resolve(out), path.resolve(file));
  if (!inside.startsWith('..') && !path.isAbsolute(inside)) {
    throw usageError('a table of customers does not belong on a public page', {
      place: '--customers',
      expected: `a file outside of ${out}`,
      found: file,
    });
  }
  return file;
}

function checkedCurrency(text: string | undefined): string | undefined {
  if (text === undefined || /^[A-Z]{3}$/i.test(text)) return text?.toUpperCase();
  throw usageError('this is no currency', {
    place: '--currency',
    expected: 'a code of three letters such as EUR',
    found: text,
  });
}

function checkedLanguages(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((part) => {
    const code = languageCode(part);
    if (code === undefined) {
      throw usageError('this is no language', {
        place: '--languages',
        expected: 'codes such as en,zh',
        found: part,
      });
    }
    return code;
  });
}

export const buildCommand: Command = { spec, run };
