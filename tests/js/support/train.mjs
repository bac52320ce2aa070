// A small classifier for the test shop, trained by the shipped trainer through its C ABI.

import { faq } from './shop.mjs';
import { openTrainer } from './trainer.mjs';

const kTexts = {
  'order-status': [
    'where is my order',
    'where is my parcel',
    'track my order',
    'has my order shipped',
    'order status please',
    'when does my parcel arrive',
    'my order has not arrived',
    '我的订单在哪里',
    '我的包裹到哪里了',
    '查询订单状态',
  ],
  'delivery-fee': [
    'what does delivery cost',
    'how much is delivery',
    'delivery fee',
    'is shipping free',
    'price of shipping',
    'shipping charges',
    'do you charge for delivery',
    '运费是多少',
    '配送要多少钱',
    '快递费用',
  ],
  returns: [
    'how do i return something',
    'i want to return this',
    'send it back',
    'can i get a refund',
    'return policy',
    'give back an item',
    'refund for a broken item',
    '如何退货',
    '我想退款',
    '退货政策',
  ],
};
const kOutOfScope = [
  'tell me a joke',
  'what is the weather',
  'who won the match',
  'play some music',
  'write a poem',
  'capital of france',
  'set an alarm',
  '今天天气怎么样',
];

/** The bytes of classifier.onnx for the questions of the test shop. */
export async function classifierModel() {
  const { wasm, put, taken } = await openTrainer();
  const labels = faq.entries.map(({ id }) => id);
  const examples = [
    ...labels.flatMap((label, i) => kTexts[label].map((text) => [text, i])),
    ...kOutOfScope.map((text) => [text, -1]),
  ];
  const texts = examples.map(([text]) => Buffer.from(text));
  let end = 0;
  const ends = Uint32Array.from(texts, (text) => {
    end += text.length;
    return end;
  });
  const options = Buffer.from(JSON.stringify({ labels, seed: 42 }));
  const status = wasm.swt_train_classifier(
    put(options),
    options.length,
    put(Buffer.concat(texts)),
    put(ends),
    put(Int32Array.from(examples, ([, label]) => label)),
    examples.length,
  );
  return Uint8Array.from(taken(status).model);
}
