// A shop of nine products for tests: every file made here, the recommender by hand so that its scores
// are known, the classifier by the shipped trainer.

import { createHash } from 'node:crypto';
import { onnxModel, tensor } from './onnx.mjs';

export const kItems = ['milk', 'bread', 'butter', 'jam', 'tea', 'cake', 'beer', 'soap', 'hostile'];

/** A name that must reach a page as text and nothing else. */
export const kHostileName = '<img src=x onerror="window.hacked=1"> & "jam"';

export const catalogue = {
  version: 1,
  currency: 'USD',
  count: kItems.length,
  id: kItems,
  name: ['Milk', 'Bread', 'Butter', 'Jam', 'Tea', 'Cake', 'Beer', 'Soap', kHostileName],
  names: { zh: ['牛奶', '面包', '黄油', '果酱', '茶', '蛋糕', '啤酒', '肥皂', ''] },
  price: [1.99, 2.5, 3, 4.25, 5, 6.1, -1, 2, 1],
  available: [1, 1, 1, 1, 1, 1, 1, 0, 1],
  fields: {
    department: {
      values: ['Dairy', 'Bakery', 'Drinks', 'Household'],
      names: { zh: ['乳品', '烘焙', '饮料', '家居'] },
      index: [0, 1, 0, 1, 2, 1, 2, 3, -1],
    },
    size: { values: ['1 l', '500 g'], index: [0, 1, 1, 1, -1, -1, 0, -1, -1] },
  },
};

/** Four neighbours an item, int8 weights; item 0 (milk) points to bread, butter, jam, tea, falling. */
export function recommenderModel(items = kItems) {
  const n = items.length;
  const k = 4;
  const neighbours = new Int32Array(n * k);
  const weights = new Int8Array(n * k);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) {
      neighbours[i * k + j] = (i + 1 + j) % n;
      weights[i * k + j] = 120 - 30 * j;
    }
  }
  const scales = new Float32Array(n).fill(1 / 120);
  const popularity = Int8Array.from(items, (_, i) => Math.max(0, 127 - 10 * i));
  return onnxModel({
    inputs: [
      ['items', 'int64', ['n']],
      ['weights', 'float', ['n']],
    ],
    outputs: [['scores', 'float', [n]]],
    initializers: [
      tensor('neighbours', 'int32', [n, k], neighbours),
      tensor('neighbour_weights', 'int8', [n, k], weights),
      tensor('neighbour_scales', 'float', [n], scales),
      tensor('popularity_q', 'int8', [n], popularity),
      tensor('popularity_scale', 'float', [], new Float32Array([1e-4 / 127])),
      tensor('flat', 'int64', [1], new BigInt64Array([-1n])),
      tensor('axis_1', 'int64', [1], new BigInt64Array([1n])),
    ],
    nodes: [
      ['Gather', ['neighbours', 'items'], ['rows'], { axis: 0 }],
      ['Cast', ['rows'], ['rows64'], { to: 7 }],
      ['Reshape', ['rows64', 'flat'], ['indices']],
      ['Gather', ['neighbour_weights', 'items'], ['q'], { axis: 0 }],
      ['Gather', ['neighbour_scales', 'items'], ['scale'], { axis: 0 }],
      ['DequantizeLinear', ['q', 'scale'], ['w'], { axis: 0 }],
      ['Unsqueeze', ['weights', 'axis_1'], ['column']],
      ['Mul', ['w', 'column'], ['weighted']],
      ['Reshape', ['weighted', 'flat'], ['updates']],
      ['DequantizeLinear', ['popularity_q', 'popularity_scale'], ['prior']],
      [
        'ScatterElements',
        ['prior', 'indices', 'updates'],
        ['scores'],
        { axis: 0, reduction: 'add' },
      ],
    ],
    metadata: {
      version: 1,
      kind: 'recommender',
      items,
      counts: items.map((_, i) => Math.max(0, 1000 - 100 * i)),
      session: { decay: 4, max_items: 20, ordered: true },
      settings: {},
      metrics: {},
      data: {},
      licence: 'CC0-1.0',
    },
  });
}

export const faq = {
  version: 1,
  entries: [
    {
      id: 'order-status',
      category: 'orders',
      question: { en: 'Where is my order?', zh: '我的订单在哪里？' },
      answer: {
        en: 'Order {order_number} is on its way.',
        zh: '订单 {order_number} 正在路上。',
      },
    },
    {
      id: 'delivery-fee',
      category: 'delivery',
      question: { en: 'What does delivery cost?', zh: '运费是多少？' },
      answer: { en: 'Delivery costs 4.90.', zh: '运费 4.90。' },
    },
    {
      id: 'returns',
      category: 'returns',
      question: { en: 'How do I return something?', zh: '如何退货？' },
      answer: { en: 'Bring it to {store_name} within 30 days.', zh: '30 天内带到 {store_name}。' },
    },
  ],
};

export const offers = {
  version: 1,
  offers: [
    {
      id: 'breakfast',
      title: { en: '1.00 off breakfast', zh: '早餐立减 1.00' },
      kind: 'amount',
      value: 1,
      min_quantity: 2,
      min_spend: 0,
      items: [0, 1, 2],
    },
    {
      id: 'sweet',
      title: { en: '10 % off sweets', zh: '甜品九折' },
      kind: 'percent',
      value: 10,
      min_quantity: 1,
      min_spend: 10,
      items: [3, 5],
    },
  ],
};

export const rules = {
  version: 1,
  rules: [{ action: 'exclude', where: { items: ['beer'] }, slots: ['kids'] }],
  slots: {},
};

const encode = (document) => new TextEncoder().encode(JSON.stringify(document));

/** All files of the shop by role, as bytes. `classifier` is left out unless given. */
export function shopFiles({ classifier = null } = {}) {
  return {
    catalogue: encode(catalogue),
    recommender: recommenderModel(),
    faq: encode(faq),
    offers: encode(offers),
    rules: encode(rules),
    ...(classifier === null ? {} : { classifier }),
  };
}

const kNames = {
  intents: 'intents.onnx',
  catalogue: 'catalogue.json',
  recommender: 'recommender.onnx',
  classifier: 'classifier.onnx',
  faq: 'faq.json',
  offers: 'offers.json',
  rules: 'rules.json',
};

/** shop.json for those files. */
export function manifestFor(files) {
  return {
    version: 1,
    name: 'Corner Shop',
    currency: 'USD',
    languages: ['en', 'zh'],
    files: Object.fromEntries(
      Object.entries(files).map(([role, bytes]) => [
        role,
        {
          file: kNames[role],
          bytes: bytes.byteLength,
          sha256: createHash('sha256').update(bytes).digest('hex'),
        },
      ]),
    ),
  };
}

/** The shop as a web server would hold it: path -> bytes, with shop.json. */
export function shopFolder(files = shopFiles()) {
  const folder = new Map([['shop.json', encode(manifestFor(files))]]);
  for (const [role, bytes] of Object.entries(files)) folder.set(kNames[role], bytes);
  return folder;
}
