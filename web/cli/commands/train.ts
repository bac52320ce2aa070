// `storewise train recommender` and `storewise train classifier`: one CSV in, one ONNX file out.
import { performance } from 'node:perf_hooks';
import type { Arguments, CommandSpec } from '../args.js';
import { describeSessions } from '../build.js';
import { CliError } from '../errors.js';
import { readEvents } from '../events.js';
import { readExamples, readTexts } from '../examples.js';
import { writeFile } from '../output.js';
import { counted, percent, secondsSince, size, type Terminal, whole } from '../terminal.js';
import { trainClassifier, trainRecommender } from '../training.js';
import {
  type Command,
  datesOf,
  datesOption,
  encodingOption,
  licenceOption,
  minCountOption,
  neighboursOption,
  seedOption,
  tuneOf,
  tuneOption,
} from './common.js';

const recommenderSpec: CommandSpec = {
  name: 'train recommender',
  summary: 'Trains a recommender from visits or orders.',
  positionals: [],
  options: [
    {
      name: 'events',
      value: 'FILE',
      help: 'CSV: session, item, time (optional user, event); or an orders export',
      required: true,
    },
    { name: 'out', value: 'FILE', help: 'the model, ONNX', required: true },
    tuneOption,
    minCountOption,
    neighboursOption,
    seedOption,
    encodingOption,
    datesOption,
    licenceOption,
  ],
  notes: [
    'The newest tenth of the sessions is held back for the figures; the model then learns from all.',
  ],
  example: 'storewise train recommender --events events.csv --out recommender.onnx',
};

async function runRecommender(args: Arguments, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const input = args.needed('events');
  const out = args.needed('out');
  const events = await readEvents(input, {
    encoding: args.text('encoding'),
    dates: datesOf(args),
    progress: terminal.reading(input),
  });
  const { model, report } = await trainRecommender(
    events,
    {
      items: events.items,
      tune: tuneOf(args),
      minCount: args.integer('min-count'),
      neighbours: args.integer('neighbours'),
      seed: args.integer('seed') ?? 42,
      licence: args.text('licence'),
      data: describeSessions(events),
    },
    terminal.progress,
  );
  writeFile(out, model);
  for (const note of events.notes) terminal.note(note);
  const seconds = secondsSince(start);
  const { metrics } = report;
  terminal.result(
    { ...report, bytes: model.byteLength, seconds, left_out: events.leftOut, notes: events.notes },
    [
      `Learnt ${counted(report.items, 'item')} from ${counted(report.sessions, 'session')}.`,
      ...events.leftOut.map((entry) => `  left out: ${entry.reason}: ${whole(entry.count)}`),
      metrics === null
        ? 'Too few sessions to hold some out: no figures.'
        : `Recall@${metrics.k} ${percent(metrics.recall)}, MRR@${metrics.k} ${metrics.mrr.toFixed(3)} on ${counted(metrics.queries, 'query', 'queries')} held out ` +
          `(popularity ${percent(metrics.popularity.recall)}, co-occurrence ${percent(metrics.cooccurrence.recall)}).`,
      `Wrote ${out}, ${size(model.byteLength)}, in ${seconds} s.`,
    ],
  );
}

const classifierSpec: CommandSpec = {
  name: 'train classifier',
  summary: 'Trains a text classifier from labelled texts.',
  positionals: [],
  options: [
    { name: 'input', value: 'FILE', help: 'CSV: text, label', required: true },
    { name: 'out', value: 'FILE', help: 'the model, ONNX', required: true },
    {
      name: 'out-of-scope-label',
      value: 'LABEL',
      help: 'texts with this label are what the model must reject',
    },
    { name: 'out-of-scope', value: 'FILE', help: 'more texts that it must reject, CSV: text' },
    {
      name: 'text-column',
      value: 'NAME',
      help: 'the column of the texts; "text", "question", "utterance" … otherwise',
    },
    {
      name: 'label-column',
      value: 'NAME',
      help: 'the column of the labels; "label", "intent", "category" … otherwise',
    },
    {
      name: 'cross-validation',
      value: 'FOLDS',
      help: 'folds for the figures, 0 for none',
      min: 0,
      max: 20,
      default: '0',
    },
    seedOption,
    encodingOption,
    licenceOption,
  ],
  example: 'storewise train classifier --input train.csv --out questions.onnx',
};

async function runClassifier(args: Arguments, terminal: Terminal): Promise<void> {
  const start = performance.now();
  const input = args.needed('input');
  const out = args.needed('out');
  const encoding = args.text('encoding');
  const examples = await readExamples(input, {
    encoding,
    textColumn: args.text('text-column'),
    labelColumn: args.text('label-column'),
    outOfScopeLabel: args.text('out-of-scope-label'),
    progress: terminal.reading(input),
  });
  const others = args.text('out-of-scope');
  if (others !== undefined) {
    for (const text of await readTexts(others, encoding)) {
      examples.texts.push(text);
      examples.labels.push(-1);
    }
  }
  if (examples.names.length < 2) {
    throw new CliError('invalid-input', 'one label alone leaves nothing to tell apart', {
      file: examples.facts.file,
      expected: 'two labels or more',
      found: examples.names[0] ?? 'none',
    });
  }
  const { model, report } = await trainClassifier(
    examples,
    {
      labels: examples.names,
      seed: args.integer('seed') ?? 42,
      crossValidation: args.integer('cross-validation') ?? 0,
      licence: args.text('licence'),
    },
    terminal.progress,
  );
  writeFile(out, model);
  const seconds = secondsSince(start);
  const rejected = examples.labels.filter((label) => label < 0).length;
  const left = examples.facts.problems.map(({ summary, count }) => ({ reason: summary, count }));
  terminal.result(
    {
      ...report,
      out_of_scope_examples: rejected,
      bytes: model.byteLength,
      seconds,
      left_out: left,
    },
    [
      `Learnt ${counted(report.classes, 'label')} from ${counted(examples.texts.length, 'text')}` +
        `${rejected > 0 ? `, ${rejected} of them out of scope` : ''}.`,
      ...left.map((entry) => `  left out: ${entry.reason}: ${entry.count}`),
      `Answers below ${report.threshold.toFixed(3)} are rejected as out of scope.`,
      `Wrote ${out}, ${size(model.byteLength)}, in ${seconds} s.`,
    ],
  );
}

export const trainRecommenderCommand: Command = { spec: recommenderSpec, run: runRecommender };
export const trainClassifierCommand: Command = { spec: classifierSpec, run: runClassifier };
