// Predictions in words (storewise/intents): every number of a visit has words in both languages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { predictionText, reasonText } from 'storewise/intents';

// The names as the engine knows them.
const source = readFileSync(
  new URL('../../src/behaviour/visit_features.cpp', import.meta.url),
  'utf8',
);
const names = [.../kNames =((?:\s*"[^"]*")+);/.exec(source)[1].matchAll(/[a-z_]+/g)].map(
  ([name]) => name,
);

const prediction = (more) => ({
  kind: 'purchase-intent',
  value: true,
  probability: 0.41,
  base: Math.log(0.15 / 0.85),
  source: 'shop',
  reasons: [],
  ...more,
});
const reason = (feature, value, contribution = 1, share = 0.5) => ({
  feature,
  value,
  contribution,
  share,
});
const han = /\p{Script=Han}/u;

describe('the words of a reason', () => {
  for (const language of ['en', 'zh']) {
    test(`every number of a visit has its own (${language})`, () => {
      assert.equal(names.length, 26);
      const said = new Set();
      for (const name of names) {
        for (const value of [null, 0, 1, 2, 17, 5400.5]) {
          const text = reasonText(prediction(), reason(name, value), { language });
          assert.doesNotMatch(text, /_|undefined|NaN|null|Invalid/, `${name} ${value}: ${text}`);
          assert.equal(han.test(text), language === 'zh', text);
        }
        said.add(reasonText(prediction(), reason(name, 3), { language }));
      }
      assert.equal(said.size, names.length);
      // A name that a later file may have says at least itself.
      assert.match(reasonText(prediction(), reason('scrolls', 3), { language }), /^scrolls/);
      assert.match(
        reasonText(prediction(), reason('constructor', 3), { language }),
        /^constructor/,
      );
    });
  }

  test('they say what was done and what that speaks for', () => {
    const say = (kind, one, options) => reasonText(prediction({ kind }), one, options);
    const zh = { language: 'zh' };
    const cases = [
      [
        'purchase-intent',
        reason('product_pages', 12),
        {},
        'looked at 12 product pages: speaks for buying',
      ],
      ['purchase-intent', reason('product_pages', 12), zh, '看过 12 个商品页面：更可能购买'],
      [
        'purchase-intent',
        reason('account_pages', 1, -1),
        {},
        'opened 1 account page: speaks against buying',
      ],
      [
        'purchase-intent',
        reason('adds', 0, -1),
        {},
        'put nothing into the basket: speaks against buying',
      ],
      ['purchase-intent', reason('weekday', 0), {}, 'is here on a Monday: speaks for buying'],
      ['purchase-intent', reason('weekday', 6), zh, '在星期日来访：更可能购买'],
      ['purchase-intent', reason('month', 11), {}, 'is here in November: speaks for buying'],
      [
        'purchase-intent',
        reason('hour', 9),
        {},
        'is here between 9:00 and 9:59: speaks for buying',
      ],
      [
        'purchase-intent',
        reason('basket_value', 23.5),
        { currency: 'EUR' },
        'has €23.50 worth in the basket: speaks for buying',
      ],
      [
        'leave-intent',
        reason('idle_seconds', 300),
        {},
        'has done nothing for 5 minutes: speaks for leaving',
      ],
      ['leave-intent', reason('idle_seconds', 1, -1), zh, '已有 1 秒没有操作：更不可能离开'],
      [
        'leave-intent',
        reason('repeat_views', 2, -1),
        {},
        'came back to a product twice: speaks against leaving',
      ],
      [
        'price-sensitivity',
        reason('relative_price', 0.25),
        {},
        'looks at products dearer than 25% of their category: speaks for minding the price',
      ],
      [
        'price-sensitivity',
        reason('discounted_share', null, -1),
        zh,
        '还没有看过可能有优惠的商品：更不在意价格',
      ],
      ['category-affinity', reason('Drinks', 4, 0.57), {}, 'Drinks: 57% of the interest'],
      [
        'category-affinity',
        reason('Drinks', 4, 0.57),
        { language: 'zh', category: (id) => ({ Drinks: '饮料' })[id] },
        '饮料：占兴趣的 57%',
      ],
    ];
    for (const [kind, one, options, expected] of cases) {
      assert.equal(say(kind, one, options), expected);
    }
  });
});

describe('the words of a prediction', () => {
  const reasons = [
    reason('product_pages', 60, 0.9),
    reason('weekend', 0, -0.4),
    reason('seconds', 1200, 0.3),
    reason('returning', 1, 0.1),
  ];

  test('an intent names its probability and the three weightiest reasons', () => {
    assert.equal(
      predictionText(prediction({ reasons })),
      '41% likely to buy in this visit (a mean visit: 15%); for it: looked at 60 product pages, ' +
        'has been here for 20 minutes; against it: is here on a working day.',
    );
    assert.equal(
      predictionText(prediction({ reasons }), { language: 'zh' }),
      '本次访问购买的可能性为 41%（平均访问：15%）；支持：看过 60 个商品页面，已经浏览 20 分钟；反对：在工作日来访。',
    );
    const leave = prediction({ kind: 'leave-intent', reasons: [reason('idle_seconds', 90)] });
    assert.equal(
      predictionText(leave),
      '41% likely to leave now; for it: has done nothing for 90 seconds.',
    );
    assert.equal(predictionText({ ...leave, reasons: [] }), '41% likely to leave now.');
  });

  test('price sensitivity says the shop’s mean, affinity the categories', () => {
    const price = prediction({
      kind: 'price-sensitivity',
      value: 0.62,
      base: 0.5,
      reasons: [reason('discounted_share', 0.5, 0.12)],
    });
    assert.equal(
      predictionText(price),
      'Minds the price to 62% (the shop’s mean: 50%); for it: 50% of what was looked at is on offer.',
    );
    const affinity = prediction({
      kind: 'category-affinity',
      value: 'Drinks',
      base: 0,
      reasons: [reason('Drinks', 4, 0.57), reason('Food', 1, 0.2)],
    });
    assert.equal(predictionText(affinity), 'Most interested in Drinks (57%), Food (20%).');
    assert.equal(
      predictionText(affinity, { language: 'zh', category: (id) => id.toUpperCase() }),
      '最感兴趣的是DRINKS (57%)、FOOD (20%)。',
    );
    assert.equal(
      predictionText({ ...affinity, value: null, reasons: [] }),
      'Interested in no category that is known.',
    );
  });
});
