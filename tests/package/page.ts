// Compiled by package.test.mjs against the packed declarations, never run: what a page's author writes.

import {
  type Answer,
  type AnyModel,
  compileEngine,
  loadModel,
  loadShop,
  type ModelOutputs,
  type Recommendation,
  StorewiseError,
  type Visit,
  type VisitPrediction,
} from 'storewise';
import { HandoffEvent, StorewiseRecommendations } from 'storewise/elements';
import 'storewise/elements/define';
import { loadShop as loadInline } from 'storewise/inline';
import { predictionText, reasonText } from 'storewise/intents';
import { loadModel as loadOnnxRuntime } from 'storewise/onnxruntime';
import { loadShop as loadInWorker, type RemoteVisit } from 'storewise/worker';

const controller = new AbortController();
await compileEngine();
const shop = await loadShop('/storewise/shop.json', {
  signal: controller.signal,
  wasm: new URL('/assets/storewise.wasm', location.href),
  onProgress: ({ file, loaded, total }) => console.log(file, loaded, total ?? 'unknown'),
});
const visit: Visit = shop.visit({ storage: 'persistent', consent: true });
visit.view('sku-1');
visit.addToCart('sku-2', { quantity: 2 });
const shelf: readonly Recommendation[] = visit.recommend({ slot: 'for-you', limit: 10 });
for (const { id, reasons } of shelf) {
  const price: number | null | undefined = shop.catalogue.get(id, { language: 'zh' })?.price;
  console.log(price, reasons[0]?.share.toFixed(2));
}
for (const { offer, status, missing } of visit.offers({ limit: 3 })) {
  if (status === 'nearly') console.log(offer.title, missing.amount);
}
const answer: Answer = shop.ask('where is my parcel?', { slots: { order_number: 10423 } });
if (answer.kind === 'clarify') shop.answer(answer.choices[0]?.intent ?? '');
const stop = visit.on('change', ({ kind }) => console.log(kind));
stop();
visit.page('information', { at: Date.now() });
const intent: VisitPrediction = visit.predict('purchase-intent', { now: Date.now() });
for (const reason of intent.reasons) {
  const words: string = reasonText(intent, reason, { language: 'zh' });
  console.log(words, reason.value ?? 'unknown', reason.share);
}
console.log(
  predictionText(intent, { currency: shop.currency }),
  shop.info().models.intents?.['source'],
);
const noMore: () => void = visit.on('intent', { above: 0.6, below: 0.4 }, ({ above, prediction }) =>
  console.log(above, prediction.kind),
);
noMore();
const copy: string = JSON.stringify(visit.export());
visit.restore(JSON.parse(copy));
visit.erase();

const model = await loadModel(new Uint8Array(8));
const outputs = model.run({ x: new Float32Array(4), ids: { data: [1, 2], dims: [1, 2] } });
const first = outputs['y'];
if (first?.data instanceof Float32Array) console.log(first.dims, first.data[0]);
try {
  await model.reload();
} catch (error) {
  if (error instanceof StorewiseError && error.code === 'network') console.log(error.file);
}
model.dispose();

const either: AnyModel = await loadModel('/models/spectrum.onnx', { backend: 'auto' });
console.log(either.backend, either.backendReason);
const power = (await either.run({ samples: new Float32Array(512) }))['power'];
console.log(power?.dims);
if (either.backend === 'storewise') console.log(either.classify('hello', { limit: 1 }).in_scope);
const elsewhere = await loadOnnxRuntime('/models/spectrum.onnx', { wasmPaths: '/assets/' });
const later: Promise<ModelOutputs> = elsewhere.run({ samples: [1, 2, 3] });
console.log(Object.keys(await later));
elsewhere.dispose();

shop.dispose();
(await loadInline('/shop.json')).dispose();
const remote = await loadInWorker('/storewise/shop.json');
const remoteVisit: RemoteVisit = await remote.visit({ storage: 'session' });
await remoteVisit.view('sku-1', { at: Date.now() });
const remoteShelf: readonly Recommendation[] = await remoteVisit.recommend({ limit: 4 });
console.log(remote.catalogue.get('sku-1')?.name, remoteShelf[0]?.id);
await remoteVisit.page('account');
const sensitivity: VisitPrediction = await remoteVisit.predict('price-sensitivity');
const listening: Promise<() => void> = remoteVisit.on(
  'intent',
  { kind: 'leave-intent', above: 0.6 },
  ({ prediction }) => console.log(prediction.probability, sensitivity.value),
);
(await listening)();
const remoteAnswer: Answer = await remote.ask('where is my parcel?');
console.log(remoteAnswer.kind);
remote.dispose();

class OwnShelf extends StorewiseRecommendations {}
customElements.define('own-shelf', OwnShelf);
const element = document.createElement('storewise-recommendations');
element.slotName = 'related';
element.shop = shop;
element.visit = visit;
element.picture = (product) => product.name;
element.addEventListener('storewise-select', (event) => console.log(event.id, event.slotName));
document.addEventListener('storewise-handoff', (event) => {
  if (event instanceof HandoffEvent) console.log(event.transcript.length);
});
const help = document.querySelector('storewise-help');
help?.show();
