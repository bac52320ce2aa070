// Builds the JavaScript of the npm package into dist/: minified ESM bundles by esbuild, one for each
// entry of package.json's "exports", and declarations by tsc; beside the command line goes the model
// that it ships. Refuses to touch the wasm files, which the wasm build puts there; only
// `storewise/inline` reads one.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  legalComments: 'none',
  logLevel: 'warning',
  charset: 'utf8',
};

// The package's own main entry stays one module: elements, worker and CLI import dist/index.js
// instead of carrying a second copy of it.
const ownIndex = {
  name: 'own-index',
  setup({ onResolve }) {
    onResolve({ filter: /(^|\/)src\/index\.js$/ }, () => ({
      path: '../index.js',
      external: true,
    }));
  },
};

// Files of their own that no other entry carries: index.js and inline.js import ONNX Runtime's
// adapter and the words of table models when a model needs them.
const apart = {
  name: 'apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/(onnxruntime-adapter|(table|text|reply)-model)\.js$/ }, ({ path }) => ({
      path,
      external: true,
    }));
  },
};

// For `storewise/inline`: the wasm itself, compressed, in the place of its URL.
const inlineWasm = (file, onnxFile) => ({
  name: 'inline-wasm',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/default-wasm\.js$/ }, ({ path }) => ({
      path,
      namespace: 'inline-wasm',
    }));
    onLoad({ filter: /.*/, namespace: 'inline-wasm' }, () => {
      const embed = (from) => gzipSync(readFileSync(from), { level: 9 }).toString('base64');
      return {
        contents: `const unpack = (text) => {
            const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
            const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
            return new Response(stream, { headers: { 'content-type': 'application/wasm' } });
          };
          export const defaultWasm = () => unpack(${JSON.stringify(embed(file))});
          export const defaultOnnxWasm = () => unpack(${JSON.stringify(embed(onnxFile))});`,
        loader: 'js',
      };
    });
  },
});

// Declarations lie beside the bundles: dist/index.d.ts, dist/elements/index.d.ts and what they import.
function declarations() {
  const from = join(root, 'build/types');
  rmSync(from, { recursive: true, force: true });
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('tsc found errors');
  const copy = (folder, to) => {
    if (!existsSync(join(from, folder))) return;
    mkdirSync(join(root, to), { recursive: true });
    for (const name of readdirSync(join(from, folder))) {
      const text = readFileSync(join(from, folder, name), 'utf8');
      writeFileSync(join(root, to, name), text.replace(/(['"])\.\.\/src\//g, '$1../'));
    }
  };
  copy('elements', 'dist/elements');
  copy('src', 'dist');
  // The embedding entry has the main entry's interface.
  writeFileSync(join(root, 'dist/inline.d.ts'), "export * from './index.js';\n");
}

/** Builds everything that has its sources; `wasm` is the file that `storewise/inline` embeds. */
export async function buildJs({ wasm = join(root, 'dist/storewise.wasm') } = {}) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const at = (path) => existsSync(join(root, path));
  const jobs = [
    build({
      ...common,
      entryPoints: ['web/src/index.ts'],
      outdir: 'dist',
      plugins: [apart],
    }),
    build({
      ...common,
      entryPoints: [
        'web/src/onnxruntime-adapter.ts',
        'web/src/table-model.ts',
        'web/src/text-model.ts',
        'web/src/reply-model.ts',
      ],
      outdir: 'dist',
      external: ['onnxruntime-web'],
    }),
    build({
      ...common,
      entryPoints: ['web/src/onnxruntime.ts'],
      outdir: 'dist',
      external: ['./index.js'],
    }),
    build({
      ...common,
      entryPoints: ['customers', 'intents', 'worker', 'worker-thread'].map(
        (name) => `web/src/${name}.ts`,
      ),
      outdir: 'dist',
      external: ['./index.js'],
    }),
  ];
  if (at('web/elements/index.ts')) {
    // Two files, one copy of the classes: define.js imports index.js as it stands.
    for (const [entry, external] of [
      ['index', []],
      ['define', ['./index.js']],
    ]) {
      jobs.push(
        build({
          ...common,
          entryPoints: [`web/elements/${entry}.ts`],
          outdir: 'dist/elements',
          external: ['lit', 'lit/*', ...external],
          plugins: [ownIndex],
        }),
      );
    }
  }
  if (at('web/cli/main.ts')) {
    // What a build gives a shop that has no log of its visits.
    mkdirSync(join(root, 'dist/cli'), { recursive: true });
    copyFileSync(join(root, 'models/intents/model.onnx'), join(root, 'dist/cli/intents.onnx'));
    jobs.push(
      build({
        ...common,
        entryPoints: ['web/cli/main.ts'],
        outdir: 'dist/cli',
        platform: 'node',
        target: 'node20',
        // Dependencies written for CommonJS may ask for Node's modules when they run.
        banner: {
          js: "import { createRequire as storewiseRequire } from 'node:module'; const require = storewiseRequire(import.meta.url);",
        },
        plugins: [ownIndex],
      }),
    );
  }
  if (existsSync(wasm)) {
    jobs.push(
      build({
        ...common,
        entryPoints: { inline: 'web/src/index.ts' },
        outdir: 'dist',
        plugins: [inlineWasm(wasm, join(dirname(wasm), 'storewise-onnx.wasm')), apart],
      }),
    );
  }
  await Promise.all(jobs);
  declarations();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildJs();
}
