// `storewise inspect`: what is in an ONNX file, what the engine that browsers load makes of it, and
// what keeps it from running.
import path from 'node:path';
import { StorewiseError } from '../../src/errors.js';
import type { Arguments, CommandSpec } from '../args.js';
import { OpenModel } from '../engine.js';
import { CliError, listed } from '../errors.js';
import { readBytes } from '../tensor-files.js';
import { counted, size, type Terminal } from '../terminal.js';
import { type FileReport, inspectModel } from '../trainer.js';
import type { Command } from './common.js';

const spec: CommandSpec = {
  name: 'inspect',
  summary: "Shows a model's inputs, outputs, operators, sizes and metadata, and whether it runs.",
  positionals: [{ name: 'MODEL', help: 'the model, ONNX' }],
  options: [],
  notes: [
    'Any ONNX file will do: of one that the engine does not run, every node in its way is named.',
  ],
  example: 'storewise inspect recommender.onnx',
};

/** Longer lists in the metadata are given by their length and their first entries. */
const kShownEntries = 5;
const kShownTensors = 10;

/** What the engine says of the file. */
interface Verdict {
  /** Names of what really runs, in order; null when it does not. */
  steps: string[] | null;
  /** Why it does not. */
  refused: string | null;
  metadata: Record<string, unknown> | null;
}

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const [file] = args.positionals as [string];
  const content = readBytes(file);
  if (content.byteLength === 0) {
    throw new CliError('invalid-model', 'the file is empty', { file: path.basename(file) });
  }
  const verdict = await judge(content, file);
  const report = await inspectModel(content, file);
  const summary = verdict.metadata === null ? null : summarised(verdict.metadata);
  const { metadata: keys, ...rest } = report;
  terminal.result(
    {
      file,
      ...rest,
      metadata: summary,
      metadata_bytes: keys,
      runs: verdict.refused === null,
      refused: verdict.refused,
      steps: verdict.steps,
    },
    [
      ...headLines(file, report),
      ...sizeLines(report),
      ...verdictLines(verdict, report),
      ...metadataLines(summary, keys),
    ],
  );
}

async function judge(content: Uint8Array, file: string): Promise<Verdict> {
  try {
    const model = await OpenModel.fromBytes(content, path.basename(file));
    const { steps = null, metadata } = model.description;
    model.dispose();
    return { steps, refused: null, metadata };
  } catch (error) {
    // What is no model at all, inspectModel refuses as well and says so.
    if (error instanceof StorewiseError) {
      return { steps: null, refused: error.message, metadata: null };
    }
    throw error;
  }
}

function headLines(file: string, report: FileReport): string[] {
  const { bytes, opsets, producer, nodes, subgraphs, functions, operators } = report;
  const versions = Object.entries(opsets).map(([domain, version]) =>
    domain === 'ai.onnx' ? `opset ${version}` : `${domain} ${version}`,
  );
  return [
    [`${file}: ${size(bytes)}`, ...versions, ...(producer === '' ? [] : [`by ${producer}`])].join(
      ', ',
    ),
    ...report.inputs.map((tensor) => `  input   ${tensorText(tensor)}`),
    ...report.outputs.map((tensor) => `  output  ${tensorText(tensor)}`),
    `  operators  ${Object.entries(operators)
      .map(([operator, count]) => `${operator} ${count}`)
      .join(', ')}`,
    `  ${[
      counted(nodes, 'node'),
      ...(subgraphs > 0 ? [counted(subgraphs, 'subgraph')] : []),
      ...(functions.length > 0 ? [`functions ${listed(functions)}`] : []),
    ].join(', ')}`,
  ];
}

function sizeLines({ tensors, types }: FileReport): string[] {
  if (tensors.length === 0) return ['  no tensors'];
  const byType = Object.entries(types)
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .map(([type, { tensors: count, bytes }]) => `${type} ${size(bytes)} in ${count}`);
  const shown = tensors.slice(0, kShownTensors);
  const rest = tensors.slice(kShownTensors);
  const others = rest.reduce((sum, { bytes }) => sum + bytes, 0);
  const name = Math.max(...shown.map((tensor) => tensor.name.length));
  return [
    `  tensors  ${byType.join(', ')}`,
    ...shown.map(
      (tensor) =>
        `    ${tensor.name.padEnd(name)}  ${size(tensor.bytes).padStart(7)}  ${tensor.type}[${tensor.shape.join(', ')}]${
          tensor.external ? ' in another file' : ''
        }`,
    ),
    ...(rest.length > 0 ? [`    and ${rest.length} more, ${size(others)}`] : []),
  ];
}

function verdictLines({ steps, refused }: Verdict, { unsupported }: FileReport): string[] {
  if (refused === null) {
    return steps === null
      ? ['  runs']
      : [`  runs  as ${counted(steps.length, 'step')}: ${runsOf(steps)}`];
  }
  const reasons = new Map<string, string[]>();
  for (const { operator, node, reason } of unsupported) {
    const key = `${operator}: ${reason}`;
    reasons.set(key, [...(reasons.get(key) ?? []), node]);
  }
  return [
    // The engine names one operator and all that it has instead: the list below says more.
    unsupported.length > 0 ? '  does not run:' : `  does not run: ${refused}`,
    ...[...reasons].map(
      ([reason, nodes]) => `    ${reason} (${counted(nodes.length, 'node')}: ${listed(nodes, 3)})`,
    ),
  ];
}

/** "Gather 1, MatMul 3": what runs, by its first place. */
function runsOf(steps: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const step of steps) counts.set(step, (counts.get(step) ?? 0) + 1);
  return [...counts].map(([step, count]) => `${step} ${count}`).join(', ');
}

function metadataLines(
  summary: Record<string, unknown> | null,
  keys: Readonly<Record<string, number>>,
): string[] {
  const others = Object.entries(keys).filter(([key]) => summary === null || key !== 'storewise');
  return [
    ...(summary === null
      ? ['  no "storewise" metadata']
      : Object.entries(summary).map(([key, value]) => `  ${key}  ${JSON.stringify(value)}`)),
    ...(others.length === 0
      ? []
      : [`  other metadata  ${others.map(([key, bytes]) => `${key} ${size(bytes)}`).join(', ')}`]),
  ];
}

function tensorText({ name, type, shape }: FileReport['inputs'][number]): string {
  if (shape === null) return `${name}: ${type}, any shape`;
  return `${name}: ${type}[${shape.map((dim) => (dim === -1 ? 'n' : dim)).join(', ')}]`;
}

/** The metadata with its long lists shortened to `{ "count", "first" }`. */
function summarised(metadata: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [
      key,
      Array.isArray(value) && value.length > kShownEntries
        ? { count: value.length, first: value.slice(0, kShownEntries) }
        : value,
    ]),
  );
}

export const inspectCommand: Command = { spec, run };
