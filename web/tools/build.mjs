// Builds what is missing or out of date.
//
//   node web/tools/build.mjs [wasm] [package] [demo] [native] [asan] [fuzz]     package and demo unless told
//
// wasm: build/wasm by Emscripten; package: dist/ (wasm and JavaScript); demo: build/demo by Vite;
// native, asan: the C++ libraries and tests; native-bench: the program that times the trainers; fuzz: the
// libFuzzer programs, by clang.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFresh, main, root, run, say } from './run.mjs';
import { setUp } from './setup.mjs';

const wasmModules = ['storewise.wasm', 'storewise-onnx.wasm', 'storewise-train.wasm'];

// Debian's emcc runs a JavaScript optimiser that finds its libraries only with this.
export const emscriptenEnvironment = {
  ...process.env,
  NODE_PATH: [process.env.NODE_PATH, '/usr/share/nodejs'].filter(Boolean).join(':'),
};

function cmake(preset, { configure = ['cmake'], env = process.env, targets = [] } = {}) {
  if (!existsSync(path.join(root, `build/${preset}/build.ninja`))) {
    say(`configuring build/${preset}`);
    run(configure[0], [...configure.slice(1), '--preset', preset], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    });
  }
  say(`building build/${preset}`);
  run('cmake', ['--build', `build/${preset}`, ...targets], {
    env: { ...env, NINJA_STATUS: '[%f/%t] ' },
  });
}

function buildWasm() {
  cmake('wasm', { configure: ['emcmake', 'cmake'], env: emscriptenEnvironment });
}

function buildPackage() {
  buildWasm();
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  for (const module of wasmModules) {
    const from = `build/wasm/${module}`;
    if (!isFresh(`dist/${module}`, from)) {
      copyFileSync(path.join(root, from), path.join(root, 'dist', module));
    }
  }
  const inputs = [
    ...['web/src', 'web/elements', 'web/cli', 'web/tools/build-js.mjs', 'package.json'],
    'models/intents/model.onnx',
  ];
  if (!isFresh('dist/index.d.ts', ...inputs, ...wasmModules.map((file) => `dist/${file}`))) {
    say('bundling the package into dist');
    run('node', ['web/tools/build-js.mjs']);
  }
}

function buildDemo() {
  buildPackage();
  if (isFresh('build/demo/index.html', 'web/demo', 'dist', 'models')) return;
  say('building the storefront into build/demo');
  run('npx', ['vite', 'build', '--config', 'web/demo/vite.config.ts', '--logLevel', 'warn']);
}

const targets = {
  wasm: buildWasm,
  package: buildPackage,
  demo: buildDemo,
  native: () => cmake('native'),
  'native-bench': () => cmake('native', { targets: ['--target', 'training_bench'] }),
  asan: () => cmake('asan'),
  fuzz: () => cmake('fuzz'),
};

/** Builds the named targets; installs nothing. */
export function build(...names) {
  for (const name of names) {
    if (!(name in targets)) {
      throw new Error(`no target "${name}"; there are ${Object.keys(targets).join(', ')}`);
    }
    targets[name]();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => {
    const names = process.argv.slice(2);
    const chosen = names.length > 0 ? names : ['demo'];
    setUp(
      'build',
      ...(chosen.some((name) => name === 'native' || name === 'asan') ? ['test'] : []),
      ...(chosen.includes('fuzz') ? ['fuzz'] : []),
    );
    build(...chosen);
  });
}
