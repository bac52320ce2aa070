// `storewise quantize`: anybody's float ONNX model with int8 weights, measured and, with calibration
// data, without the weights that cost too much.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { StorewiseError } from '../../src/errors.js';
import type { Arguments, CommandSpec } from '../args.js';
import { OpenModel } from '../engine.js';
import { listed, usageError } from '../errors.js';
import {
  compare,
  type Difference,
  type Outputs,
  randomSamples,
  runAll,
  type Sample,
  samplesOf,
} from '../measure.js';
import { readNpz } from '../npy.js';
import { writeFile } from '../output.js';
import { readBytes } from '../tensor-files.js';
import { counted, secondsSince, size, type Terminal } from '../terminal.js';
import { inspectModel, type QuantizeReport, quantizeModel } from '../trainer.js';
import type { Command } from './common.js';

const kDefaultTolerance = '0.02';

const spec: CommandSpec = {
  name: 'quantize',
  summary: 'Gives any float ONNX model int8 weights: a quarter of the bytes.',
  positionals: [
    { name: 'IN', help: 'the model, ONNX' },
    { name: 'OUT', help: 'the new model' },
  ],
  options: [
    {
      name: 'calibration',
      value: 'X.npz',
      help: 'samples of the inputs, an array for each, by its name',
    },
    {
      name: 'tolerance',
      value: 'SHARE',
      help: 'how far outputs may move with --calibration, as a share of the largest',
      default: kDefaultTolerance,
    },
    { name: 'leave', value: 'NAME', help: 'a weight that stays float', repeated: true },
  ],
  notes: [
    [
      'Weights of MatMul, Gemm, Conv, ConvTranspose, LSTM, GRU and RNN and tables of Gather become',
      'symmetric int8 with a scale for each output channel or row, behind DequantizeLinear: ONNX',
      'Runtime runs the file as well. Biases, normalisation and small tensors stay float.',
    ].join('\n'),
    [
      'An array of --calibration has its input’s shape, or one axis more in front for several samples;',
      'where the model’s first size is 1, a longer first axis counts samples too. Each weight is then',
      'tried alone; what moves an output by more than --tolerance stays float, and so do the costliest',
      'until all together keep within it.',
    ].join('\n'),
  ],
  example: 'storewise quantize model.onnx small.onnx --calibration samples.npz',
};

interface Measured {
  samples: Sample[];
  before: Outputs;
  on: string;
}

type Quantised = Awaited<ReturnType<typeof quantizeModel>>;

/** How many rows of a list people get to see; --json has all. */
const kShown = 12;

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const [input, out] = args.positionals as [string, string];
  const calibration = args.text('calibration');
  const tolerance = toleranceOf(args.needed('tolerance'));
  const leave = [...args.texts('leave')];
  const bytes = readBytes(input);
  const arrays =
    calibration === undefined ? undefined : readNpz(readBytes(calibration), calibration);
  let result = await quantizeModel(bytes, { leave }, input);
  const nothing = result.report.quantised.length === 0;

  const measured = nothing
    ? 'nothing was quantised'
    : await prepare(bytes, input, calibration, arrays);
  const alone = new Map<string, number>();
  const costly = new Map<string, string>();
  let difference: Difference | undefined;
  let failed: string | undefined;
  if (typeof measured !== 'string') {
    const judge = async (model: Uint8Array): Promise<Difference> =>
      compare(measured.before, await outputsOf(model, measured.samples));
    try {
      if (arrays !== undefined) {
        const names = result.report.quantised.map(({ name }) => name);
        for (const [i, name] of names.entries()) {
          terminal.progress(`trying ${name}`, i, names.length);
          const single = await quantizeModel(bytes, { only: [name] }, input);
          const { relative } = await judge(single.model);
          alone.set(name, relative);
          if (relative > tolerance)
            costly.set(name, `alone it moves the outputs by ${share(relative)}`);
        }
        result = await quantizeModel(bytes, { leave: [...leave, ...costly.keys()] }, input);
      }
      difference = await judge(result.model);
      while (arrays !== undefined && difference.relative > tolerance) {
        const worst = costliest(result.report, alone);
        if (worst === undefined) break;
        costly.set(worst, `with the others it moves the outputs by ${share(difference.relative)}`);
        result = await quantizeModel(bytes, { leave: [...leave, ...costly.keys()] }, input);
        difference = await judge(result.model);
      }
    } catch (error) {
      if (!(error instanceof StorewiseError)) throw error;
      failed = `the engine does not run the result: ${error.message}`;
    }
  }
  writeFile(out, result.model);
  report(terminal, {
    input,
    out,
    result,
    leave,
    alone,
    costly,
    difference,
    on: typeof measured === 'string' ? undefined : measured.on,
    notMeasured: failed ?? (typeof measured === 'string' ? measured : undefined),
    seconds: secondsSince(start),
  });
}

function toleranceOf(text: string): number {
  const tolerance = Number(text);
  if (!(tolerance > 0 && tolerance <= 1)) {
    throw usageError('the value is out of range', {
      place: '--tolerance',
      expected: 'a share above 0 and up to 1, such as 0.02',
      found: text,
    });
  }
  return tolerance;
}

/** Samples and what the float model makes of them, or why that cannot be had. */
async function prepare(
  bytes: Uint8Array,
  input: string,
  calibration: string | undefined,
  arrays: ReturnType<typeof readNpz> | undefined,
): Promise<Measured | string> {
  let model: OpenModel;
  try {
    model = await OpenModel.fromBytes(bytes, path.basename(input));
  } catch (error) {
    if (!(error instanceof StorewiseError)) throw error;
    const { unsupported } = await inspectModel(bytes, input);
    const operators = [...new Set(unsupported.map(({ operator }) => operator))];
    if (operators.length > 0) return `the engine does not run ${listed(operators)}`;
    return `the engine does not run it: ${error.message}`;
  }
  try {
    const samples =
      arrays === undefined
        ? randomSamples(model.inputs)
        : samplesOf(arrays, model.inputs, calibration ?? '');
    if (typeof samples === 'string') return samples;
    const of = counted(samples.length, 'sample');
    const on = calibration === undefined ? `${of} of random numbers` : `${of} of ${calibration}`;
    try {
      return { samples, before: await runAll(model, samples), on };
    } catch (error) {
      // A calibration that does not run is the caller's mistake; what was guessed is ours.
      if (error instanceof StorewiseError && arrays === undefined) {
        return `random inputs do not suit it: ${error.message}`;
      }
      throw error;
    }
  } finally {
    model.dispose();
  }
}

async function outputsOf(bytes: Uint8Array, samples: readonly Sample[]): Promise<Outputs> {
  const model = await OpenModel.fromBytes(bytes, 'the int8 model');
  try {
    return await runAll(model, samples);
  } finally {
    model.dispose();
  }
}

function costliest(report: QuantizeReport, alone: ReadonlyMap<string, number>): string | undefined {
  const names = report.quantised.map(({ name }) => name);
  return names.sort((a, b) => (alone.get(b) ?? 0) - (alone.get(a) ?? 0))[0];
}

function share(value: number): string {
  return Number.isFinite(value) ? `${(value * 100).toPrecision(2)} %` : 'more than can be told';
}

interface Outcome {
  input: string;
  out: string;
  result: Quantised;
  leave: readonly string[];
  alone: ReadonlyMap<string, number>;
  costly: ReadonlyMap<string, string>;
  difference: Difference | undefined;
  on: string | undefined;
  notMeasured: string | undefined;
  seconds: number;
}

function report(terminal: Terminal, outcome: Outcome): void {
  const { input, out, result, leave, alone, costly, difference, on, notMeasured, seconds } =
    outcome;
  const { bytes_before, bytes_after, opset_before, opset, integers_before } = result.report;
  const quantised = result.report.quantised.map((weight) => ({
    ...weight,
    ...(alone.has(weight.name) ? { alone: alone.get(weight.name) } : {}),
  }));
  const left = result.report.left.map(({ name, elements, reason }) => ({
    name,
    elements,
    reason: costly.get(name) ?? (leave.includes(name) ? 'left by --leave' : reason),
  }));
  const value = {
    bytes_before,
    bytes_after,
    opset_before,
    opset,
    quantised,
    left,
    integers_before,
    max_difference: difference?.largest ?? null,
    relative_difference: difference?.relative ?? null,
    changed: difference?.changed ?? null,
    measured_on: difference === undefined ? null : (on ?? null),
    not_measured: difference === undefined ? (notMeasured ?? null) : null,
    out,
    seconds,
  };
  const ratio = bytes_before === 0 ? 1 : bytes_after / bytes_before;
  const lines = [
    `${input}: ${size(bytes_before)} -> ${size(bytes_after)} (${(ratio * 100).toFixed(0)} %)${
      opset === opset_before ? '' : `, opset ${opset_before} -> ${opset}`
    }`,
    ...(quantised.length === 0
      ? [nothingToDo(integers_before, left.length)]
      : weightLines(quantised)),
    ...leftLines(left),
    ...(difference !== undefined
      ? [differenceLine(difference, on ?? '')]
      : quantised.length > 0
        ? [`Not measured: ${notMeasured ?? 'no reason'}.`]
        : []),
    `Wrote ${out}, ${size(bytes_after)}, in ${seconds} s.`,
  ];
  terminal.result(value, lines);
}

function nothingToDo(integers: number, left: number): string {
  if (integers > 0) {
    return `Nothing to do: ${counted(integers, 'tensor')} of 8 or 4 bits ${integers === 1 ? 'is' : 'are'} there already.`;
  }
  return left > 0 ? 'Nothing to do: no weight is worth it.' : 'Nothing to do: it has no weights.';
}

function weightLines(
  quantised: (QuantizeReport['quantised'][number] & { alone?: number | undefined })[],
): string[] {
  const sorted = [...quantised].sort((a, b) => b.bytes_before - a.bytes_before);
  const rows = sorted
    .slice(0, kShown)
    .map((weight) => [
      weight.name,
      `[${weight.shape.join(', ')}]`,
      weight.operators,
      `${size(weight.bytes_before)} -> ${size(weight.bytes_after)}`,
      `rounded by ${share(weight.error)}`,
      weight.alone === undefined ? '' : `moves the outputs by ${share(weight.alone)}`,
    ]);
  const rest = quantised.length - rows.length;
  return [
    `  int8: ${counted(quantised.length, 'weight')}`,
    ...table(rows),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
}

function leftLines(left: readonly { name: string; reason: string }[]): string[] {
  if (left.length === 0) return [];
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of left) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  const shown = [...reasons].sort(([, a], [, b]) => b.length - a.length).slice(0, kShown);
  const rest = reasons.size - shown.length;
  return [
    `  float: ${counted(left.length, 'tensor')}`,
    ...shown.map(([reason, names]) => `    ${listed(names, 4)}: ${reason}`),
    ...(rest > 0 ? [`    and ${counted(rest, 'more reason')}`] : []),
  ];
}

function differenceLine({ largest, relative, changed }: Difference, on: string): string {
  const others = changed > 0 ? `; ${share(changed)} of whole numbers and labels changed` : '';
  return `Largest output difference: ${largest.toPrecision(3)}, ${share(relative)} of the largest output${others} (${on}).`;
}

function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

export const quantizeCommand: Command = { spec, run };
