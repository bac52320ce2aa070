// Builds the JavaScript of the npm package into dist/: minified ESM bundles by esbuild, one for each
// entry of package.json's "exports", and declarations by tsc. Refuses to touch the wasm files, which
// the wasm build puts there; only `storewise/inline` reads one.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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

// For `storewise/inline`: the wasm's bytes in the place of its URL.
const inlineWasm = (file) => ({
  name: 'inline-wasm',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/default-wasm\.js$/ }, ({ path }) => ({ path, namespace: 'inline-wasm' }));
    onLoad({ filter: /.*/, namespace: 'inline-wasm' }, () => {
      const text = readFileSync(file).toString('base64');
      return {
        contents: `let bytes;
          export const defaultWasm = () =>
            (bytes ??= Uint8Array.from(atob(${JSON.stringify(text)}), (c) => c.charCodeAt(0)));`,
        loader: 'js',
      };
    });
  },
});

function declarations() {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  rmSync(join(root, 'dist/types'), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('tsc found errors');
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
    }),
  ];
  if (at('web/elements/index.ts')) {
    jobs.push(
      build({
        ...common,
        entryPoints: ['web/elements/index.ts', 'web/elements/define.ts'],
        outdir: 'dist/elements',
        splitting: true,
        chunkNames: 'elements-[hash]',
        external: ['lit', 'lit/*'],
        plugins: [ownIndex],
      }),
    );
  }
  if (at('web/cli/main.ts')) {
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
        plugins: [inlineWasm(wasm)],
      }),
    );
  }
  await Promise.all(jobs);
  declarations();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildJs();
}
