// Runs a folder of ONNX backend cases on the shipped WebAssembly module with every operator.
//
//   node tests/conformance/run.mjs [DIR...] [--json] [--only TEXT]
//
// DIR holds NAME/model.onnx with NAME/test_data_set_*/{input,output}_*.pb, as ONNX's own test data
// does; without one, the four folders of Debian's libonnx-testdata. A case passes when every output
// has the expected type, shape and values, within the tolerance of ONNX's own runner (relative
// 1e-3, for float16 2e-3, two units in its last place; absolute 1e-7); it is unsupported when the
// engine refuses it in words, with the code "unsupported"; everything else, a trap above all, is a
// failure and the exit code is 1.
//
// --json prints {passed, failed, unsupported, cases: [{name, status, reason?}]} and nothing else.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { halfToNumber, readTensor } from './tensor-proto.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const debian = '/usr/include/onnx/backend/test/data';
const debianFolders = ['node', 'simple', 'pytorch-operator', 'pytorch-converted'];
const kRelative = 1e-3;
const kAbsolute = 1e-7;

function toNumbers({ type, data }) {
  if (type === 'float16') return Array.from(data, halfToNumber);
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? Array.from(data, Number)
    : data;
}

/** Null when equal, else what differs. */
export function difference(found, expected) {
  if (found.type !== expected.type) return `type ${found.type} for ${expected.type}`;
  if (found.dims.join() !== expected.dims.join()) {
    return `shape [${found.dims}] for [${expected.dims}]`;
  }
  const relative = expected.type === 'float16' ? 2 * kRelative : kRelative;
  const a = toNumbers(found);
  const b = toNumbers(expected);
  for (let i = 0; i < b.length; i++) {
    if (a[i] === b[i] || (Number.isNaN(a[i]) && Number.isNaN(b[i]))) continue;
    const close =
      typeof b[i] === 'number' && Math.abs(a[i] - b[i]) <= kAbsolute + relative * Math.abs(b[i]);
    if (!close) return `element ${i}: ${a[i]} for ${b[i]}`;
  }
  return null;
}

function readTensors(folder, kind) {
  const tensors = [];
  for (let i = 0; existsSync(path.join(folder, `${kind}_${i}.pb`)); i++) {
    tensors.push(readTensor(readFileSync(path.join(folder, `${kind}_${i}.pb`))));
  }
  return tensors;
}

/** One case: {name, status: 'passed' | 'failed' | 'unsupported', reason?}. */
export async function runCase(folder, loadModel) {
  const name = path.basename(folder);
  let model;
  try {
    const bytes = new Uint8Array(readFileSync(path.join(folder, 'model.onnx')));
    model = await loadModel(bytes, { name });
    for (const set of readdirSync(folder).sort()) {
      if (!set.startsWith('test_data_set_')) continue;
      const inputs = readTensors(path.join(folder, set), 'input');
      const expected = readTensors(path.join(folder, set), 'output');
      const given = Object.fromEntries(
        model.inputs.map((info, i) => [info.name, inputs[i]]).filter(([, tensor]) => tensor),
      );
      const outputs = Object.values(model.run(given));
      if (outputs.length !== expected.length) {
        return {
          name,
          status: 'failed',
          reason: `${outputs.length} outputs for ${expected.length}`,
        };
      }
      for (let i = 0; i < outputs.length; i++) {
        const reason = difference(outputs[i], expected[i]);
        if (reason !== null) return { name, status: 'failed', reason: `output ${i}: ${reason}` };
      }
    }
    return { name, status: 'passed' };
  } catch (error) {
    const status = error.code === 'unsupported' ? 'unsupported' : 'failed';
    return { name, status, reason: error.message };
  } finally {
    model?.dispose();
  }
}

/** All cases of the folders, in alphabetical order; `only` is a part of a case's name. */
export async function runCases(folders, { only = '' } = {}) {
  const entry = path.join(root, 'dist/index.js');
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run npm run build`);
  const { loadModel } = await import(pathToFileURL(entry));
  const wasm = new WebAssembly.Module(readFileSync(path.join(root, 'dist/storewise-onnx.wasm')));
  const load = (bytes, options) => loadModel(bytes, { ...options, wasm });
  const cases = [];
  for (const folder of folders) {
    if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
    const names = readdirSync(folder).filter((name) =>
      existsSync(path.join(folder, name, 'model.onnx')),
    );
    for (const name of names.sort()) {
      if (name.includes(only)) cases.push(await runCase(path.join(folder, name), load));
    }
  }
  const count = (status) => cases.filter((one) => one.status === status).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    unsupported: count('unsupported'),
    cases,
  };
}

async function main(args) {
  const { values, positionals } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
    allowPositionals: true,
  });
  const { json, only } = values;
  const folders =
    positionals.length > 0 ? positionals : debianFolders.map((name) => path.join(debian, name));
  const result = await runCases(folders, { only });
  if (json) {
    console.log(JSON.stringify(result));
  } else {
    const why = new Map();
    for (const { name, status, reason } of result.cases) {
      if (status === 'failed') console.log(`FAILED ${name}: ${reason}`);
      if (status !== 'unsupported') continue;
      const found = /; found (.*)$/s.exec(reason)?.[1] ?? reason;
      why.set(found, (why.get(found) ?? 0) + 1);
    }
    console.log('unsupported, with how many cases:');
    for (const [reason, n] of [...why].sort((a, b) => b[1] - a[1]))
      console.log(`  ${reason}: ${n}`);
    const { passed, failed, unsupported, cases } = result;
    console.log(
      `${cases.length} cases: ${passed} passed, ${failed} failed, ${unsupported} unsupported`,
    );
  }
  process.exitCode = result.failed > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
