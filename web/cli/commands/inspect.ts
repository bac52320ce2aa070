// `storewise inspect`: what is in an ONNX file, by the engine that browsers load.
import type { Arguments, CommandSpec } from '../args.js';
import { OpenModel, type TensorDescription } from '../engine.js';
import { size, type Terminal } from '../terminal.js';
import type { Command } from './common.js';

const spec: CommandSpec = {
  name: 'inspect',
  summary: "Shows a model's inputs, outputs, operators and metadata.",
  positionals: [{ name: 'MODEL', help: 'the model, ONNX' }],
  options: [],
  example: 'storewise inspect recommender.onnx',
};

/** Longer lists in the metadata are given by their length and their first entries. */
const kShownEntries = 5;

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const [file] = args.positionals as [string];
  const model = await OpenModel.fromFile(file);
  const { name, inputs, outputs, operators, opset, bytes, metadata } = model.description;
  model.dispose();
  const summary = metadata === null ? null : summarised(metadata);
  terminal.result({ file, name, inputs, outputs, operators, opset, bytes, metadata: summary }, [
    `${file}: ${size(bytes)}, opset ${opset}`,
    ...inputs.map((tensor) => `  input   ${tensorText(tensor)}`),
    ...outputs.map((tensor) => `  output  ${tensorText(tensor)}`),
    `  operators  ${Object.entries(operators)
      .map(([operator, count]) => `${operator} ${count}`)
      .join(', ')}`,
    ...(summary === null
      ? ['  no "storewise" metadata']
      : Object.entries(summary).map(([key, value]) => `  ${key}  ${JSON.stringify(value)}`)),
  ]);
}

function tensorText({ name, type, shape }: TensorDescription): string {
  return `${name}: ${type}[${shape.map((size) => (size === -1 ? 'n' : size)).join(', ')}]`;
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
