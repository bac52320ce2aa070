// `storewise run`: tensors from files through any ONNX model, and its outputs shown or written.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Tensor } from '../../src/tensors.js';
import type { Arguments, CommandSpec } from '../args.js';
import { OpenModel } from '../engine.js';
import { quoted } from '../errors.js';
import { writeNpy, writeNpz } from '../npy.js';
import { prepareFolder, writeFile, writeFolder } from '../output.js';
import { asNumbers, readInputs, tensorJson } from '../tensor-files.js';
import type { Terminal } from '../terminal.js';
import type { Command } from './common.js';

const spec: CommandSpec = {
  name: 'run',
  summary: 'Runs any ONNX model on .npy, .npz or JSON files.',
  positionals: [{ name: 'MODEL', help: 'the model, ONNX' }],
  options: [
    {
      name: 'input',
      value: 'FILE',
      help: 'X.npy, NAME=X.npy, X.npz or X.json',
      repeated: true,
    },
    {
      name: 'output',
      value: 'PLACE',
      help: 'F.npz, F.json, or a folder that gets one .npy for each output',
    },
  ],
  notes: [
    'JSON: {"NAME": [1, 2, 3]}, with nested lists for more axes, or {"NAME": {"type", "dims", "data"}}.',
    [
      'A .npy without NAME= goes to the input that is called like the file, else to the next one. float64',
      'becomes float32 where the model wants that, and whole numbers whatever number type it wants.',
    ].join('\n'),
  ],
  example: 'storewise run model.onnx --input x=x.npy --output outputs.npz',
};

const kShownValues = 8;

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const [file] = args.positionals as [string];
  const place = args.text('output');
  const kind = place === undefined ? '' : path.extname(place);
  if (place !== undefined && kind !== '.npz' && kind !== '.json') prepareFolder(place);
  const model = await OpenModel.fromFile(file);
  try {
    const inputs = readInputs(args.texts('input'), model.inputs);
    const start = performance.now();
    const outputs = model.run(inputs);
    const ms = Math.round((performance.now() - start) * 1000) / 1000;
    const json = Object.fromEntries(
      [...outputs].map(([name, tensor]) => [name, tensorJson(tensor)]),
    );
    if (place !== undefined) write(place, kind, outputs, json);
    terminal.result({ outputs: json, ms }, [
      ...[...outputs].map(([name, tensor]) => outputLine(name, tensor)),
      ...(place === undefined ? [] : [`Wrote ${place}.`]),
      `${ms} ms`,
    ]);
  } finally {
    model.dispose();
  }
}

function write(
  place: string,
  kind: string,
  outputs: ReadonlyMap<string, Tensor>,
  json: object,
): void {
  if (kind === '.npz') {
    writeFile(place, writeNpz(outputs));
  } else if (kind === '.json') {
    writeFile(place, `${JSON.stringify(json)}\n`);
  } else {
    const files = [...outputs].map(([name, tensor]): [string, Uint8Array] => [
      `${fileName(name)}.npy`,
      writeNpy(tensor),
    ]);
    writeFolder(place, new Map(files), []);
  }
}

/** An output's name as a file's: what folders and systems reserve becomes "_". */
function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]/gu, '_').replace(/^\.+/, '_') || '_';
}

function outputLine(name: string, tensor: Tensor): string {
  const { type, dims, data } = tensor;
  const count = data.length;
  const values: string[] = [];
  if (type === 'string') {
    for (const text of (data as readonly string[]).slice(0, kShownValues))
      values.push(quoted(text));
  } else if (type.endsWith('64') || type === 'bool') {
    for (let i = 0; i < Math.min(count, kShownValues); ++i) values.push(String(data[i]));
  } else {
    const head = { ...tensor, data: data.slice(0, kShownValues) as Tensor['data'] };
    for (const value of asNumbers(head)) values.push(`${Number(value.toPrecision(6))}`);
  }
  const rest = count > kShownValues ? ', …' : '';
  return `${name}: ${type}[${dims.join(', ')}]  ${values.join(', ')}${rest}`;
}

export const runCommand: Command = { spec, run };
