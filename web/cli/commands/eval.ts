// `storewise eval recommender` and `storewise eval classifier`: a model's figures on a file it has not
// seen, by the engine that browsers load.
import path from 'node:path';
import type { Arguments, CommandSpec } from '../args.js';
import { OpenModel } from '../engine.js';
import { evaluateClassifier, evaluateRecommender, type Protocol } from '../evaluate.js';
import { readEvents } from '../events.js';
import { readExamples } from '../examples.js';
import { counted, percent, size, type Terminal } from '../terminal.js';
import { type Command, datesOf, datesOption, encodingOption } from './common.js';

const recommenderSpec: CommandSpec = {
  name: 'eval recommender',
  summary: 'Asks a recommender for the next item of sessions that it has not seen.',
  positionals: [{ name: 'MODEL', help: 'the model, ONNX' }],
  options: [
    {
      name: 'events',
      value: 'FILE',
      help: 'CSV: session, item, time; or an orders export',
      required: true,
    },
    {
      name: 'protocol',
      value: 'WHICH',
      help: 'last: given all but the last item, the last; next: every step',
      choices: ['last', 'next'],
      default: 'last',
    },
    { name: 'k', value: 'K', help: 'how many suggestions count', min: 1, max: 1000, default: '20' },
    encodingOption,
    datesOption,
  ],
  notes: [
    'Targets that the model does not know cannot be ranked: they are counted apart (unknown_targets), and\n' +
      'recall_all and mrr_all count them as misses. A model of baskets leaves the given items out of the ranking.',
  ],
  example: 'storewise eval recommender recommender.onnx --events test.csv --protocol next --k 20',
};

async function runRecommender(args: Arguments, terminal: Terminal): Promise<void> {
  const [file] = args.positionals as [string];
  const model = await OpenModel.fromFile(file);
  const input = args.needed('events');
  const events = await readEvents(input, {
    encoding: args.text('encoding'),
    dates: datesOf(args),
    progress: terminal.reading(input),
  });
  const protocol = args.needed('protocol') as Protocol;
  const k = Number(args.needed('k'));
  const name = path.basename(file);
  const figures = evaluateRecommender(model, events, protocol, k, name, terminal.progress);
  model.dispose();
  const line = (what: string, recall: number, mrr: number): string =>
    `${what}recall@${k} ${percent(recall)}, MRR@${k} ${mrr.toFixed(3)}`;
  terminal.result(figures, [
    line(`${counted(figures.queries, 'query', 'queries')}: `, figures.recall, figures.mrr),
    ...(figures.unknown_targets > 0
      ? [
          `${counted(figures.unknown_targets, 'more target')} that the model does not know; ` +
            line('with them as misses ', figures.recall_all, figures.mrr_all),
        ]
      : []),
    line("the session's own items: ", figures.own_items.recall, figures.own_items.mrr),
    line(
      `${counted(figures.new_items.queries, 'query', 'queries')} for new items: `,
      figures.new_items.recall,
      figures.new_items.mrr,
    ),
    `${size(figures.model_bytes)}; ${figures.ms_p50} ms a query, 95 % within ${figures.ms_p95} ms`,
  ]);
}

const classifierSpec: CommandSpec = {
  name: 'eval classifier',
  summary: 'Asks a classifier for the labels of texts that it has not seen.',
  positionals: [{ name: 'MODEL', help: 'the model, ONNX' }],
  options: [
    { name: 'input', value: 'FILE', help: 'CSV: text, label', required: true },
    { name: 'text-column', value: 'NAME', help: 'the column of the texts' },
    { name: 'label-column', value: 'NAME', help: 'the column of the labels' },
    encodingOption,
  ],
  notes: [
    'A label that the model does not have counts as out of scope. accuracy: in-scope texts right, whatever\n' +
      'the threshold; accuracy_in_scope: right and not rejected; out_of_scope_recall: out-of-scope texts\n' +
      'rejected; accuracy_total: all texts.',
  ],
  example: 'storewise eval classifier questions.onnx --input test.csv',
};

async function runClassifier(args: Arguments, terminal: Terminal): Promise<void> {
  const [file] = args.positionals as [string];
  const model = await OpenModel.fromFile(file);
  const input = args.needed('input');
  const examples = await readExamples(input, {
    encoding: args.text('encoding'),
    textColumn: args.text('text-column'),
    labelColumn: args.text('label-column'),
    progress: terminal.reading(input),
  });
  const figures = evaluateClassifier(model, examples, path.basename(file), terminal.progress);
  model.dispose();
  terminal.result(figures, [
    `${counted(figures.in_scope, 'text')} in scope: ${percent(figures.accuracy)} right; ` +
      `${percent(figures.accuracy_in_scope)} right and not rejected`,
    `${counted(figures.out_of_scope, 'text')} out of scope: ${percent(figures.out_of_scope_recall)} rejected`,
    `all ${counted(figures.examples, 'text')}: ${percent(figures.accuracy_total)} right`,
    `${size(figures.model_bytes)}; ${figures.ms_p50} ms a text, 95 % within ${figures.ms_p95} ms`,
  ]);
}

export const evalRecommenderCommand: Command = { spec: recommenderSpec, run: runRecommender };
export const evalClassifierCommand: Command = { spec: classifierSpec, run: runClassifier };
