// The joint between a build's figures and the page that a shop owner reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliModule } from './cli-helpers.mjs';

const { reportPage } = await cliModule('report/report');

const evil = '<img src=x onerror=alert(1)>"\'&';
const ranking = (recall) => ({ recall, mrr: recall / 2 });
const data = (changes = {}) => ({
  name: evil,
  currency: 'EUR',
  languages: ['en'],
  tiles: [{ label: evil, value: evil }],
  files: [{ what: 'Orders', file: evil, summary: evil, format: evil, renamed: [evil] }],
  leftOut: [{ file: evil, reason: evil, count: 3, examples: [evil] }],
  notes: [evil],
  recommender: {
    metrics: {
      ...ranking(0.4),
      k: 20,
      queries: 50,
      unknown_targets: 2,
      sessions: 60,
      protocol: 'last',
      float: ranking(0.41),
      popularity: ranking(0.1),
      cooccurrence: ranking(0.25),
      own_items: ranking(0.05),
    },
    ordered: false,
    items: 10,
    sessions: 600,
    tuned: false,
  },
  examples: [{ name: evil, suggestions: [evil, evil] }],
  bestSellers: [{ name: evil, count: 5 }],
  countedAs: 'orders',
  months: [
    { month: '2024-01', count: 4 },
    { month: '2024-02', count: 0 },
  ],
  faq: {
    entries: 2,
    phrasings: 9,
    accuracy: 0.8,
    answeredRightly: 0.7,
    heldBack: 0.2,
    outOfScopeRecall: null,
    tested: 0,
    threshold: 0.3,
    confused: [{ one: evil, other: evil, count: 2 }],
    thin: [{ question: evil, phrasings: 1 }],
  },
  offers: [{ title: evil, gives: evil, asks: evil, items: evil, dates: evil }],
  moreOffers: 0,
  sizes: [{ name: 'recommender.onnx', bytes: 1000 }],
  nextSteps: [evil],
  ...changes,
});

test('everything from the shop is escaped, in text and in attributes', () => {
  const page = reportPage(data());
  assert.ok(!page.includes('<img'));
  assert.ok(!/=["'][^"'<>]*onerror=alert\(1\)>/.test(page.replaceAll(/&[a-z#0-9]+;/g, '')));
  assert.ok(page.includes('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;'));
});

test('the page needs nothing else: no script, no request', () => {
  const page = reportPage(data());
  assert.ok(!/<script|<link|<iframe|@import|url\(|https?:\/\//i.test(page));
  assert.match(page, /<meta name="viewport"/);
  assert.match(page, /prefers-color-scheme: dark/);
  assert.match(page, /@media print/);
});

test('the comparison with best sellers and co-occurrence is in words and in bars', () => {
  const page = reportPage(data());
  assert.match(page, /40\.0 % of cases, 4\.0 times as often as in a list of best sellers/);
  for (const figure of ['40.0 %', '25.0 %', '10.0 %'])
    assert.ok(page.includes(`>${figure}<`), figure);
  assert.match(page, /2 more cases were about products that had never sold before/);
});

test('a model that is no better than best sellers is not praised', () => {
  const { recommender } = data();
  const metrics = { ...recommender.metrics, ...ranking(0.1) };
  const page = reportPage(data({ recommender: { ...recommender, metrics } }));
  assert.match(page, /no more often than in a list of best sellers/);
});

test('without figures the page says why and shows no bars of them', () => {
  const { recommender } = data();
  const page = reportPage(data({ recommender: { ...recommender, metrics: null } }));
  assert.match(page, /too few orders to measure/);
  assert.ok(!page.includes('How early it comes'));
});
