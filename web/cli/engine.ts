// The runtime engine under Node: the storewise.wasm that browsers load, used by eval, inspect and the
// report, so that what is measured is what is shipped.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Engine, type Explained, Kind, type RawTensor, withMetadata } from '../src/engine.js';
import { StorewiseError } from '../src/errors.js';
import { fromRaw, type Tensor, type TensorInfo, type TensorInput, toRaw } from '../src/tensors.js';
import { CliError } from './errors.js';
import { readShipped } from './shipped.js';

/** Beside the bundle's folder: dist/cli/main.js and dist/storewise.wasm; every operator besides. */
const engineFile = new URL('../storewise.wasm', import.meta.url);
const onnxFile = new URL('../storewise-onnx.wasm', import.meta.url);

export interface TensorDescription {
  name: string;
  type: string;
  shape: (number | string)[];
}

export interface ModelDescription {
  name: string;
  inputs: TensorDescription[];
  outputs: TensorDescription[];
  metadata: Record<string, unknown> | null;
  opset: number;
  operators: Record<string, number>;
  /** What really runs, in order: after folding and fusion. */
  steps?: string[];
  bytes: number;
}

export interface Classified {
  ranked: { label: string; probability: number }[];
  threshold: number;
  in_scope: boolean;
}

type Compiled = { module: WebAssembly.Module; url: string; bytes: number };
const compiled = new Map<URL, Promise<Compiled>>();

/** A new engine; the WebAssembly is compiled once. */
export async function createEngine(file = engineFile): Promise<Engine> {
  const module = compiled.get(file) ?? compileEngine(file);
  compiled.set(file, module);
  return Engine.create(await module);
}

async function compileEngine(from: URL): Promise<Compiled> {
  const bytes = readShipped(from, 'the engine');
  const module = await WebAssembly.compile(bytes);
  return { module, url: from.href, bytes: bytes.byteLength };
}

/** One model in an engine of its own. */
export class OpenModel {
  private constructor(
    private readonly engine_: Engine,
    private readonly handle_: number,
    readonly bytes: number,
    readonly description: ModelDescription,
  ) {}

  /** `everyOperator`: in the engine that has them all, and that can explain models. */
  static async fromFile(
    filePath: string,
    { everyOperator = false }: { everyOperator?: boolean } = {},
  ): Promise<OpenModel> {
    let content: Uint8Array<ArrayBuffer>;
    try {
      content = new Uint8Array(readFileSync(filePath));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const why = code === 'ENOENT' ? 'there is no such file' : 'this file cannot be read';
      throw new CliError('missing-file', why, { file: filePath }, error);
    }
    if (content.byteLength === 0) {
      throw new CliError('invalid-model', 'the file is empty', { file: path.basename(filePath) });
    }
    const name = path.basename(filePath);
    return everyOperator
      ? OpenModel.#in(onnxFile, content, name)
      : OpenModel.fromBytes(content, name);
  }

  /** In a shop's engine, else in the one with every operator. */
  static async fromBytes(content: Uint8Array, name: string): Promise<OpenModel> {
    try {
      return await OpenModel.#in(engineFile, content, name);
    } catch (error) {
      if (!(error instanceof StorewiseError && error.code === 'unsupported')) throw error;
      return OpenModel.#in(onnxFile, content, name);
    }
  }

  static async #in(wasm: URL, content: Uint8Array, name: string): Promise<OpenModel> {
    const engine = await createEngine(wasm);
    try {
      const handle = engine.open(Kind.model, content, name);
      const reply = engine.call<ModelDescription>(handle, { method: 'describe' });
      const description = withMetadata(reply);
      return new OpenModel(engine, handle, content.byteLength, description);
    } catch (error) {
      engine.dispose();
      throw error;
    }
  }

  /** The declared inputs, as `run` checks them. */
  get inputs(): readonly TensorInfo[] {
    return this.description.inputs as readonly TensorInfo[];
  }

  /** Runs any model: one value for each declared input, in; its outputs by name, out. */
  run(inputs: Readonly<Record<string, TensorInput>>): Map<string, Tensor> {
    const { outputs } = this.description;
    const results = this.engine_.run(this.handle_, this.#raw(inputs), outputs.length);
    return new Map(
      outputs.flatMap(({ name }, i): [string, Tensor][] => {
        const result = results[i];
        return result === undefined ? [] : [[name, fromRaw(result)]];
      }),
    );
  }

  /** Takes the answer to one row apart (Engine.explain). */
  explain(inputs: Readonly<Record<string, TensorInput>>, score: number): Explained {
    return this.engine_.explain(this.handle_, this.#raw(inputs), score);
  }

  #raw(inputs: Readonly<Record<string, TensorInput>>): RawTensor[] {
    return this.inputs.map((info) => {
      const value = inputs[info.name];
      if (value === undefined) {
        throw new CliError('invalid-input', 'an input is missing', { place: info.name });
      }
      return toRaw(info, value);
    });
  }

  /** The "storewise" metadata of a model of this kind; throws when the file is another model. */
  metadata(kind: 'recommender' | 'classifier', file: string): Record<string, unknown> {
    const metadata = this.description.metadata;
    if (metadata === null || metadata['kind'] !== kind) {
      const found =
        metadata === null
          ? 'a model without "storewise" metadata'
          : `a ${String(metadata['kind'])}`;
      throw new CliError('invalid-model', 'this is another kind of model', {
        file,
        expected: `a ${kind} that storewise made`,
        found,
      });
    }
    return metadata;
  }

  /** The best items after `items` (oldest first), best first. */
  rank(items: readonly string[], limit: number): { id: string; score: number }[] {
    const request = { method: 'rank', items, limit };
    return this.engine_.call<{ items: { id: string; score: number }[] }>(this.handle_, request)
      .items;
  }

  /** `text` normalised as the trainer had it. */
  classify(text: string, limit: number): Classified {
    const request = { method: 'classify', text, limit };
    return this.engine_.call<Classified>(this.handle_, request);
  }

  dispose(): void {
    this.engine_.dispose();
  }
}

/** A whole shop in an engine, for the report's examples: what visitors will see, rules included. */
export class OpenShop {
  private constructor(
    private readonly engine_: Engine,
    private readonly visit_: number,
  ) {}

  /** `files` by role, as shop.json names them. */
  static async open(files: Readonly<Record<string, Uint8Array>>): Promise<OpenShop> {
    const engine = await createEngine();
    const kinds: Record<string, Kind> = {
      recommender: Kind.model,
      classifier: Kind.model,
      catalogue: Kind.catalogue,
      faq: Kind.faq,
      offers: Kind.offers,
      rules: Kind.rules,
      intents: Kind.intents,
    };
    const handles: Record<string, number> = {};
    for (const [role, kind] of Object.entries(kinds)) {
      const bytes = files[role];
      handles[role] = bytes === undefined ? 0 : engine.open(kind, bytes, role);
    }
    const shop = engine.open(Kind.shop, new TextEncoder().encode(JSON.stringify(handles)), 'shop');
    const { visit } = engine.call<{ visit: number }>(shop, { method: 'visit.open' });
    return new OpenShop(engine, visit);
  }

  /** What a product's page would suggest. */
  related(item: string, limit: number): string[] {
    const request = { method: 'recommend', slot: 'related', item, limit };
    const { items } = this.engine_.call<{ items: { id: string }[] }>(this.visit_, request);
    return items.map(({ id }) => id);
  }

  dispose(): void {
    this.engine_.dispose();
  }
}
