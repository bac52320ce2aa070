// Says what each shipped file weighs, and what in the WebAssembly modules weighs it.
//
//   node web/tools/size.mjs [MODULE...] [--functions N]
//
// First the raw and brotli bytes of every module and JavaScript entry of dist. Then, for each module
// (those without the trainer unless named), the bytes of its code by room and by source file: the
// module is linked once more with the names of its functions, and the object files of the build say
// which file defines which. A function of several objects (templates, inline ones) counts as its
// room's shared code; what no object defines is of the C and C++ libraries. "brotli" is by how much
// the module would be shorter without those bytes: less than their share of it, because files have
// much in common. `--functions` lists the N largest functions as well.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { emscriptenEnvironment } from './build.mjs';
import { filesUnder, main, root, run, say, which } from './run.mjs';

// What wasm/CMakeLists.txt calls each module.
const kTargets = {
  storewise: 'storewise_runtime',
  'storewise-onnx': 'storewise_onnx_runtime',
  'storewise-train': 'storewise_trainer',
};

/** The bytes after brotli, at its best level as a server with prepared files sends them. */
export function brotliSize(bytes, quality = 11) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_LGWIN } = constants;
  return brotliCompressSync(bytes, {
    params: {
      [BROTLI_PARAM_QUALITY]: quality,
      [BROTLI_PARAM_LGWIN]: 24,
      [BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;
}

/** A cursor over a WebAssembly module's bytes. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  number() {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }

  skip(count) {
    this.at += count;
  }

  text() {
    const length = this.number();
    this.skip(length);
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  limits() {
    const flags = this.byte();
    this.number();
    if ((flags & 1) !== 0) this.number();
  }
}

function countImportedFunctions(reader) {
  let functions = 0;
  for (let left = reader.number(); left > 0; left -= 1) {
    reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind === 0) {
      functions += 1;
      reader.number();
    } else if (kind === 1) {
      reader.byte();
      reader.limits();
    } else if (kind === 2) {
      reader.limits();
    } else {
      reader.byte();
      reader.number();
    }
  }
  return functions;
}

function readNames(reader, end) {
  const names = new Map();
  while (reader.at < end) {
    const kind = reader.byte();
    const size = reader.number();
    const next = reader.at + size;
    if (kind === 1) {
      for (let left = reader.number(); left > 0; left -= 1) {
        const index = reader.number();
        names.set(index, reader.text());
      }
    }
    reader.at = next;
  }
  return names;
}

/**
 * The functions of a module with a name section, as { name, start, end } of their code, and the
 * module's data section as { start, end }.
 */
export function readModule(bytes) {
  const reader = new Reader(bytes, 8);
  const functions = [];
  let names = new Map();
  let imported = 0;
  let data = { start: 0, end: 0 };
  while (reader.at < bytes.length) {
    const kind = reader.byte();
    const size = reader.number();
    const end = reader.at + size;
    if (kind === 2) imported = countImportedFunctions(reader);
    if (kind === 10) {
      for (let left = reader.number(); left > 0; left -= 1) {
        const length = reader.number();
        functions.push({ start: reader.at, end: reader.at + length });
        reader.skip(length);
      }
    }
    if (kind === 11) data = { start: reader.at, end };
    if (kind === 0 && reader.text() === 'name') names = readNames(reader, end);
    reader.at = end;
  }
  if (names.size === 0) throw new Error('the module has no names');
  functions.forEach((code, i) => {
    code.name = names.get(imported + i) ?? '';
  });
  return { functions, data };
}

/** Which source file defines each symbol, from the object files of the build; '' for several. */
function definitions(build) {
  const nm = ['emnm', 'llvm-nm', 'llvm-nm-14'].map(which).find(Boolean);
  if (!nm) throw new Error('no emnm or llvm-nm on the PATH');
  const objects = filesUnder(build).filter((file) => /\.cpp\.o$/.test(file));
  if (objects.length === 0) throw new Error(`no objects under ${build}: run npm run build`);
  const from = new Map();
  for (const object of objects) {
    const source = object.replace(/^.*?\/wasm\/(?=src\/|wasm\/)/, '').replace(/\.o$/, '');
    const file = source.replace(/CMakeFiles\/[^/]*\.dir\//, '');
    const { status, stdout, stderr } = spawnSync(
      nm,
      ['--defined-only', '--just-symbol-name', object],
      {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    );
    if (status !== 0) throw new Error(`${nm} ${object}: ${stderr}`);
    for (const symbol of new Set(stdout.split('\n').filter(Boolean))) {
      const before = from.get(symbol);
      from.set(symbol, before === undefined || before === file ? file : '');
    }
  }
  return from;
}

/** What a function is counted to: a source file, a room's shared code, or a library. */
function ownerOf(name, from) {
  // The linker's and the optimisers' additions to a symbol.
  const symbol = name
    .replace(/^byn\$mgfn-shared\$|\$byn\$mgfn.*$/g, '')
    .replace(/(\.llvm)?\.\d+$/, '');
  const file = from.get(symbol);
  if (file) return file;
  const room = symbol.match(
    /9storewise\d+(support|kernels|onnx|graph|ops|text|recommend|answer|behaviour|train|abi)/,
  )?.[1];
  if (room) return room === 'abi' ? 'wasm (shared)' : `src/${room} (shared)`;
  if (symbol.includes('9storewise')) return 'src/support (shared)';
  if (symbol.includes('nlohmann')) return 'nlohmann';
  if (symbol.includes('protozero')) return 'protozero';
  if (/^_Z[A-Z]*St|^_ZNK?St|__2/.test(symbol) && file === '') return 'std, from its headers';
  return file === '' ? 'std, from its headers' : 'libc, libc++, libc++abi';
}

const roomOf = (owner) => owner.match(/^(src\/\w+|wasm)/)?.[1] ?? 'libraries';

/** The module's bytes without the ranges. */
function without(bytes, ranges) {
  const parts = [];
  let at = 0;
  for (const { start, end } of ranges) {
    parts.push(bytes.subarray(at, start));
    at = end;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}

/**
 * The groups of a module's bytes by `group`, largest first, each { name, raw, brotli }. Many groups
 * are weighed at brotli's level 9, a twentieth of the time, and scaled to level 11.
 */
function weigh(bytes, functions, group) {
  const whole = brotliSize(bytes, 9);
  const scale = brotliSize(bytes) / whole;
  const groups = new Map();
  for (const code of functions) {
    const name = group(code);
    groups.set(name, [...(groups.get(name) ?? []), code]);
  }
  return [...groups]
    .map(([name, codes]) => ({
      name,
      raw: codes.reduce((sum, { start, end }) => sum + end - start, 0),
      brotli: Math.round((whole - brotliSize(without(bytes, codes), 9)) * scale),
    }))
    .sort((a, b) => b.raw - a.raw);
}

function table(title, rows) {
  const width = Math.max(title.length, ...rows.map(({ name }) => name.length));
  console.log(`\n${title.padEnd(width)}  ${'raw'.padStart(9)}  ${'brotli'.padStart(9)}`);
  for (const { name, raw, brotli } of rows) {
    const number = (value) => value.toLocaleString('en-US').padStart(9);
    console.log(`${name.padEnd(width)}  ${number(raw)}  ${number(brotli)}`);
  }
}

/** What is shipped: the modules and the JavaScript entries of package.json. */
function shippedFiles() {
  const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const entries = Object.values(exports)
    .map((target) => (typeof target === 'string' ? target : target.default))
    .filter((file) => /\.(js|wasm)$/.test(file));
  return [...new Set([...entries, './dist/storewise-train.wasm'])].map((file) => file.slice(2));
}

/** Prints all tables. */
function weighAll(args) {
  const flag = args.indexOf('--functions');
  const most = flag < 0 ? 0 : Number(args.splice(flag, 2)[1]);
  const build = 'build/wasm';
  const named = (module) => path.join(root, build, 'wasm', `${module}.named.wasm`);
  const modules = args.length > 0 ? args : ['storewise', 'storewise-onnx'];
  if (!existsSync(path.join(root, build, 'build.ninja'))) {
    throw new Error(`${build} is missing: run npm run build`);
  }
  table(
    'shipped file',
    shippedFiles().map((name) => {
      const bytes = readFileSync(path.join(root, name));
      return { name, raw: bytes.length, brotli: brotliSize(bytes) };
    }),
  );
  say('linking with names');
  const targets = modules.map((module) => kTargets[module]);
  if (targets.includes(undefined)) {
    throw new Error(`the modules are ${Object.keys(kTargets).join(', ')}`);
  }
  run('cmake', ['--build', build, '--target', ...targets.map((target) => `${target}_named`)], {
    env: emscriptenEnvironment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const from = definitions(build);
  for (const module of modules) {
    const bytes = readFileSync(named(module));
    const { functions, data } = readModule(bytes);
    const shipped = readFileSync(path.join(root, build, `${module}.wasm`));
    const parts = [...functions, { ...data, name: 'data' }];
    const owner = (code) =>
      code.name === 'data' && code.start === data.start
        ? 'data: texts, tables'
        : ownerOf(code.name, from);
    const core = bytes.subarray(0, data.end);
    table(`${module}.wasm by room`, [
      ...weigh(core, parts, (code) => (code.start === data.start ? 'data' : roomOf(owner(code)))),
      { name: 'all that is shipped', raw: shipped.length, brotli: brotliSize(shipped) },
    ]);
    table(`${module}.wasm by file`, weigh(core, parts, owner));
    if (most > 0) {
      const largest = [...functions]
        .sort((a, b) => b.end - b.start - (a.end - a.start))
        .slice(0, most);
      table(
        'largest functions',
        weigh(core, largest, ({ name }) => name),
      );
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await main(() => weighAll(process.argv.slice(2)));
