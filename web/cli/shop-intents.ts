// The file of a shop's folder that tells what visitors are about to do: learnt from the shop's own log
// where that can teach it, otherwise the default that is shipped, learnt from another shop's visits.
import type { ShopInputs } from './build.js';
import type { DayOrder } from './csv/dates.js';
import { OpenModel } from './engine.js';
import { CliError } from './errors.js';
import { type IntentFigures, type IntentsReport, readIntentLog, trainIntents } from './intents.js';
import type { LeftOut } from './left-out.js';
import { readShipped } from './shipped.js';
import type { Progress } from './terminal.js';

/** `auto`: the shop's own where the log can teach them, else the default. */
export type IntentsMode = 'auto' | 'default' | 'off';

export interface ShopIntents {
  source: 'shop' | 'default';
  model: Uint8Array<ArrayBuffer>;
  /** Visits that taught it: the shop's, or the other shop's. */
  visits: number;
  /** By intent; of the default those of its own test, without the picture of the calibration. */
  metrics: { [intent: string]: IntentFigures };
  /** What the trainer says; of the shop's own alone. */
  report?: IntentsReport;
  /** The model's licence; '' when it has none. */
  licence: string;
  /** Why there are none of the shop's own, as a clause; '' when there are. */
  reason: string;
  /** What the log tells that could not be used for this. */
  leftOut: LeftOut[];
}

export interface ShopIntentsOptions {
  mode: IntentsMode;
  /** The log. */
  events?: string | undefined;
  encoding?: string | undefined;
  dates?: DayOrder | undefined;
  seed: number;
  licence?: string | undefined;
}

const kFile = 'intents.onnx';
/** Beside the bundle, where the build of the package puts models/intents/model.onnx. */
const defaultFile = new URL(`./${kFile}`, import.meta.url);

/** Undefined when switched off. Rejects with a CliError for a log that is not understood. */
export async function shopIntents(
  inputs: ShopInputs,
  options: ShopIntentsOptions,
  progress: Progress,
): Promise<ShopIntents | undefined> {
  const { mode, events } = options;
  if (mode === 'off') return undefined;
  if (mode === 'default') return defaultIntents('the default was asked for');
  if (events === undefined || inputs.events === undefined) {
    return defaultIntents('no log of visits was given');
  }
  const { facts, source } = inputs.events;
  if (source === 'orders') return defaultIntents(`${facts.file} has orders, not what led to them`);
  if (facts.columns['event'] === undefined) {
    return defaultIntents(
      `${facts.file} has no column "event" that tells views from purchases and what goes into the basket`,
    );
  }
  try {
    return await ownIntents(events, inputs, options, progress);
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'training-failed') throw error;
    return defaultIntents(error.message);
  }
}

async function ownIntents(
  events: string,
  inputs: ShopInputs,
  options: ShopIntentsOptions,
  progress: Progress,
): Promise<ShopIntents> {
  const { encoding, dates, seed, licence } = options;
  const log = await readIntentLog(events, inputs.catalogue, {
    encoding,
    dates,
    progress: (done, total) => progress('reading what visitors did', done, total),
    instead: '--intents default, which needs no log',
  });
  const { model, report } = await trainIntents(
    log,
    { seed, licence, data: { file: log.facts.file, rows: log.rows } },
    progress,
  );
  const { visits, metrics } = report;
  const { leftOut } = log;
  return {
    source: 'shop',
    model,
    visits,
    metrics,
    report,
    licence: licence ?? '',
    reason: '',
    leftOut,
  };
}

async function defaultIntents(reason: string): Promise<ShopIntents> {
  const model = readShipped(defaultFile, 'the default of the intents');
  const open = await OpenModel.fromBytes(model, kFile);
  const metadata = open.description.metadata as unknown as Metadata;
  open.dispose();
  return {
    source: 'default',
    model,
    visits: metadata.data.rows,
    metrics: metadata.metrics,
    licence: metadata.licence ?? '',
    reason,
    leftOut: [],
  };
}

/** What the default's file says of itself. */
interface Metadata {
  data: { rows: number };
  metrics: { [intent: string]: IntentFigures };
  licence?: string;
}
