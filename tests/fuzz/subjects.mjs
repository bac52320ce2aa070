// The files whose damaged copies are tried, and how an engine is asked about each.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { goldenNames, inputsOf, readGolden } from '../../models/recipes/parity/compare.mjs';
import { Kind, sameAnswer } from './damage.mjs';

// A time within many offers' dates, so that the answers do not depend on the day.
const kNow = 1767300000000;

const kPredictions = ['purchase-intent', 'leave-intent', 'price-sensitivity', 'category-affinity'];

// The shop of intact files; `parts` replaces some by other handles.
function openShop(engine, parts) {
  const text = JSON.stringify({
    recommender: 0,
    classifier: 0,
    faq: 0,
    offers: 0,
    rules: 0,
    intents: 0,
    ...parts,
  });
  return engine.open(Kind.shop, new TextEncoder().encode(text), 'shop');
}

function askShop(engine, shop, item) {
  engine.call(shop, { method: 'describe' });
  engine.call(shop, { method: 'ask', text: 'where is my order' });
  engine.call(shop, { method: 'similar', item });
  const opened = engine.call(shop, { method: 'visit.open' });
  if (opened === null) return;
  const { visit } = opened;
  engine.call(visit, { method: 'event', type: 'add', item, quantity: 3, at: kNow });
  engine.call(visit, { method: 'recommend', limit: 10 });
  engine.call(visit, { method: 'offers', limit: 10, now: kNow });
  for (const kind of kPredictions) engine.call(visit, { method: 'predict', kind, now: kNow });
  engine.close(visit);
}

/**
 * Every file of the shop in `folder` as a subject of `survey`, but shop.json and the customers, whose
 * model the other module opens.
 */
export function shopSubjects(folder) {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'shop.json'), 'utf8'));
  const { customers, ...files } = manifest.files;
  const bytesOf = Object.fromEntries(
    Object.entries(files).map(([role, { file }]) => [
      role,
      new Uint8Array(readFileSync(path.join(folder, file))),
    ]),
  );
  const kindOf = (role) => Kind[role] ?? Kind.model;
  const item = JSON.parse(new TextDecoder().decode(bytesOf.catalogue)).id[0];
  return Object.keys(files).map((role) => ({
    name: files[role].file,
    bytes: bytesOf[role],
    kind: kindOf(role),
    prepare(engine) {
      const intact = Object.fromEntries(
        Object.entries(bytesOf).map(([other, bytes]) => [
          other,
          engine.open(kindOf(other), bytes, other),
        ]),
      );
      const shop = openShop(engine, intact);
      const { visit } = engine.call(shop, { method: 'visit.open' });
      engine.call(visit, { method: 'event', type: 'view', item, at: kNow });
      return {
        use(handle) {
          if (role === 'recommender') engine.call(handle, { method: 'rank', items: [item] });
          if (role === 'classifier') engine.call(handle, { method: 'classify', text: 'my parcel' });
          if (role === 'intents') engine.call(handle, { method: 'describe' });
          const other = openShop(engine, { ...intact, [role]: handle });
          if (other <= 0) return;
          askShop(engine, other, item);
          engine.close(other);
        },
        check: sameAnswer(() => engine.call(visit, { method: 'recommend', limit: 3 })),
      };
    },
  }));
}

const kTypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
};

// Strings are n + 1 offsets, then the characters.
function textBytes(texts) {
  const encoded = texts.map((text) => Buffer.from(text));
  const offsets = new Uint32Array(texts.length + 1);
  encoded.forEach((text, i) => {
    offsets[i + 1] = offsets[i] + text.byteLength;
  });
  return new Uint8Array(Buffer.concat([Buffer.from(offsets.buffer), ...encoded]));
}

function rawInput({ type, dims, data }) {
  const bytes =
    type === 'string'
      ? textBytes(data)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { type: kTypes[type], dims, bytes };
}

// A model that is run on what `inputsFor` gives for its description.
function modelSubject(name, bytes, inputsFor) {
  return {
    name,
    bytes,
    kind: Kind.model,
    prepare(engine) {
      const intact = engine.open(Kind.model, bytes, name);
      const inputs = inputsFor(engine.call(intact, { method: 'describe' }));
      const run = (handle) => {
        const description = engine.call(handle, { method: 'describe' });
        return description && engine.run(handle, inputs, description.outputs.length);
      };
      return { use: run, check: sameAnswer(() => run(intact)) };
    },
  };
}

/** The models of the parity tests with the inputs of their golden answers, for storewise-onnx.wasm. */
export function goldenSubjects() {
  return goldenNames().map((name) => {
    const { bytes, golden } = readGolden(name);
    return modelSubject(name, bytes, () => Object.values(inputsOf(golden)).map(rawInput));
  });
}

/** The customers of the shop in `folder`, for storewise-onnx.wasm: somebody who bought each thing once. */
export function customersSubject(folder) {
  const bytes = new Uint8Array(readFileSync(path.join(folder, 'customers.onnx')));
  return modelSubject('customers.onnx', bytes, ({ inputs }) =>
    inputs.map(({ type, shape }) => {
      const dims = shape.map((dim) => Math.max(dim, 1));
      const length = dims.reduce((product, dim) => product * dim, 1);
      return rawInput({ type, dims, data: new Float32Array(length).fill(1) });
    }),
  );
}
