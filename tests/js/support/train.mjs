// A small classifier for the test shop, trained by the shipped trainer through its C ABI.

import { readFileSync } from 'node:fs';
import { faq } from './shop.mjs';

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
  const file = readFileSync(new URL('../../../dist/storewise-train.wasm', import.meta.url));
  const { instance } = await WebAssembly.instantiate(file, {
    wasi_snapshot_preview1: { proc_exit: () => {} },
    env: { emscripten_notify_memory_growth: () => {} },
    storewise: { progress: () => {} },
  });
  const wasm = instance.exports;
  wasm._initialize();
  const put = (bytes) => {
    const pointer = wasm.swt_alloc(bytes.byteLength);
    new Uint8Array(wasm.memory.buffer).set(
      new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      pointer,
    );
    return pointer;
  };
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
  const failed = wasm.swt_train_classifier(
    put(options),
    options.length,
    put(Buffer.concat(texts)),
    put(ends),
    put(Int32Array.from(examples, ([, label]) => label)),
    examples.length,
  );
  const slice = (pointer, length) =>
    new Uint8Array(wasm.memory.buffer).slice(pointer, pointer + length);
  if (failed !== 0) {
    const result = slice(wasm.swt_result(), wasm.swt_result_length());
    throw new Error(new TextDecoder().decode(result));
  }
  return slice(wasm.swt_model(), wasm.swt_model_length());
}
