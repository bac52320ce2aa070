// One model file on both engines: opened, run on the same inputs, compared, timed. Runs in Node and,
// served as a module, in a page; which modules the engines are, the caller says.

import { inputsFor, inputsFrom } from './inputs.mjs';
import { limitLoop } from './limit.mjs';
import { compare, median } from './timing.mjs';

/**
 * How ONNX Runtime is asked to treat weights behind DequantizeLinear. As it comes, it unpacks them to
 * float in every call; with the second it does so once, at opening, and holds four times the bytes.
 */
export const kSettings = {
  default: {},
  unpacked: { session: { disable_quant_qdq: '1' } },
};

export const openOnnxRuntime = (ort, bytes, setting) =>
  ort.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    extra: kSettings[setting],
  });

/** The inputs of a model: of a made one by its `inputs`, of a shipped one by its metadata. */
export const inputsOf = ({ inputs, metadata }) =>
  inputs ? inputsFrom(inputs) : inputsFor(metadata);

export function feedOfOurs(inputs) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { type, dims, data }]) => [
      name,
      { type: type === 'float32' ? 'float' : type, dims, data },
    ]),
  );
}

export function feedOfOnnxRuntime(ort, inputs) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { type, dims, data }]) => [
      name,
      new ort.Tensor(type, data, dims),
    ]),
  );
}

/**
 * How far two results lie apart: of numbers the largest difference and the largest magnitude it is
 * to be seen against, of whole numbers how many of ours are among theirs, row for row of `dims`.
 */
export function differences(ours, theirs) {
  return Object.entries(ours).map(([name, { dims, data }]) => {
    const other = theirs[name].data;
    if (data.length !== other.length) {
      throw new Error(`${name}: ${data.length} numbers, ${other.length} from ONNX Runtime`);
    }
    if (data instanceof Float32Array) {
      let largest = 0;
      let magnitude = 0;
      for (let i = 0; i < data.length; i += 1) {
        const distance = Math.abs(data[i] - other[i]);
        // Not the other way round: NaN has to show.
        if (!(distance <= largest)) largest = distance;
        magnitude = Math.max(magnitude, Math.abs(other[i]));
      }
      return { name, largest, magnitude };
    }
    const size = dims.length > 1 ? dims[dims.length - 1] : 1;
    let same = 0;
    for (let row = 0; row < data.length; row += size) {
      const expected = new Set(other.slice(row, row + size));
      for (const value of data.slice(row, row + size)) same += expected.has(value) ? 1 : 0;
    }
    return { name, same, of: data.length };
  });
}

async function openTimes(open, close, times) {
  const samples = [];
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    const opened = await open();
    samples.push(performance.now() - start);
    await close(opened);
  }
  return median(samples);
}

/**
 * Figures of one model: `ours` and for each setting of ONNX Runtime { open, median, p95, ratio } in
 * milliseconds, ratio theirs / ours, the steps that ours runs, and the differences of the outputs; for
 * a model that counts its `products`, `limit`: { rate } in products a second and { times }, ours as a
 * multiple of what its products take at that rate, over as many bytes as its largest weights. `clock`: see timing.mjs. Opening is from the file's bytes in memory, the engine compiled. `wasm` is the compiled engine.
 */
export async function measure({ loadModel, ort, wasm, clock }, bytes, model) {
  const open = () => loadModel(bytes, { wasm, name: model.name });
  const ours = await open();
  const inputs = inputsOf({ ...model, metadata: ours.metadata });
  const names = Object.keys(kSettings);
  const sessions = [];
  for (const name of names) sessions.push(await openOnnxRuntime(ort, bytes, name));
  const feed = feedOfOurs(inputs);
  const tensors = feedOfOnnxRuntime(ort, inputs);
  const apart = differences(ours.run(feed), await sessions[0].run(tensors));
  const { products, largest } = model;
  const loop = products && (await limitLoop(largest));
  const [first, ...others] = await compare(
    [
      { body: () => ours.run(feed), isAsync: false },
      ...sessions.map((session) => ({ body: () => session.run(tensors), isAsync: true })),
      ...(loop ? [{ body: loop, isAsync: false }] : []),
    ],
    { clock },
  );
  const { steps } = ours.description;
  ours.dispose();
  for (const session of sessions) await session.release();
  // Large files take long in ONNX Runtime.
  const times = bytes.length > 5e6 ? 1 : 3;
  const close = (session) => session.release();
  const figures = {
    steps,
    differences: apart,
    ours: { ...first, open: await openTimes(open, (opened) => opened.dispose(), 5) },
  };
  if (loop) {
    const { cost, ratio } = others[names.length];
    const times = largest / (ratio * products);
    figures.limit = { rate: (largest / cost) * 1000, times };
  }
  for (const [i, name] of names.entries()) {
    figures[name] = {
      ...others[i],
      open: await openTimes(() => openOnnxRuntime(ort, bytes, name), close, times),
    };
  }
  return figures;
}
