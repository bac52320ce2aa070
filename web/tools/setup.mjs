// Brings a machine to where the project builds: checks each tool, installs the Debian packages
// that are missing when root or passwordless sudo allows, otherwise prints the command and stops.
//
//   node web/tools/setup.mjs [build] [test] [fuzz]     what for; build and test unless told
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, root, run, say, which } from './run.mjs';

const hasHeader = (file) => () => existsSync(`/usr/include/${file}`);
const hasProgram = (name) => () => which(name) !== undefined;

// libFuzzer belongs to whichever clang is the default.
function hasFuzzer() {
  const found = spawnSync('clang', ['-print-file-name=libclang_rt.fuzzer-x86_64.a'], {
    encoding: 'utf8',
  });
  return found.status === 0 && existsSync(found.stdout.trim());
}

/** What each purpose needs: a Debian package, and how to see that it is there. */
const needs = {
  build: [
    // An emsdk on the PATH serves as well as Debian's package.
    { package: 'emscripten', present: hasProgram('emcc') },
    { package: 'cmake', present: hasProgram('cmake') },
    { package: 'ninja-build', present: hasProgram('ninja') },
    { package: 'libeigen3-dev', present: hasHeader('eigen3/Eigen/Core') },
    { package: 'nlohmann-json3-dev', present: hasHeader('nlohmann/json.hpp') },
    { package: 'libprotozero-dev', present: hasHeader('protozero/pbf_reader.hpp') },
  ],
  test: [
    { package: 'g++', present: hasProgram('g++') },
    {
      package: 'catch2',
      present: () => ['catch2/catch.hpp', 'catch2/catch_all.hpp'].some((file) => hasHeader(file)()),
    },
    { package: 'libutf8proc-dev', present: hasHeader('utf8proc.h') },
    { package: 'libonnx-testdata', present: hasHeader('onnx/backend/test/data/node') },
    { package: 'clang-format', present: hasProgram('clang-format') },
    { package: 'clang-tidy', present: hasProgram('clang-tidy') },
    { package: 'chromium', present: hasProgram('chromium') },
    // Without a font that has Chinese, the pictures of the Chinese pages show empty boxes.
    {
      package: 'fonts-droid-fallback',
      present: () =>
        ['truetype/droid-fallback', 'truetype/droid', 'opentype/noto'].some((folder) =>
          existsSync(`/usr/share/fonts/${folder}`),
        ),
    },
  ],
  fuzz: [
    { package: 'clang', present: hasProgram('clang++') },
    { package: 'libclang-rt-14-dev', present: hasFuzzer },
    { package: 'libonnx-testdata', present: hasHeader('onnx/backend/test/data/node') },
  ],
};

/**
 * Debian's emscripten depends on Debian's nodejs, an older Node that would replace a /usr/bin/node
 * that no package owns: the one that runs this script. dpkg is told to put Debian's elsewhere.
 */
function keepThisNode(prefix) {
  const node = '/usr/bin/node';
  if (!existsSync(node)) return;
  if (spawnSync('dpkg', ['-S', node], { stdio: 'ignore' }).status === 0) return;
  say(`keeping ${node} (${process.version}); Debian's own goes to ${node}.debian`);
  const divert = ['dpkg-divert', '--local', '--no-rename', '--divert', `${node}.debian`];
  run(prefix[0], [...prefix.slice(1), ...divert, '--add', node], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function installPackages(packages) {
  const list = packages.join(' ');
  const install = `apt-get install -y --no-install-recommends ${list}`;
  if (!which('apt-get')) {
    throw new Error(`missing: ${list} (names of Debian 12's packages); install them and run again`);
  }
  const isRoot = process.getuid?.() === 0;
  const sudo = !isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  if (!isRoot && !sudo) {
    throw new Error(`system packages are missing; run this and try again:\n  sudo ${install}`);
  }
  say(`installing with apt: ${list}`);
  const prefix = sudo ? ['sudo', 'env'] : ['env'];
  const apt = (...args) =>
    run(prefix[0], [...prefix.slice(1), 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  keepThisNode(prefix);
  apt('update', '-qq');
  apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
}

function installNodeModules() {
  const marker = path.join(root, 'node_modules/.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return;
  say('installing the npm packages of package-lock.json');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  utimesSync(marker, new Date(), new Date());
}

/** Installs what the purposes ('build', 'test', 'fuzz') need and is missing. */
export function setUp(...purposes) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Error(`Node 20 or newer is needed; this is ${process.version}`);
  const missing = purposes
    .flatMap((purpose) => needs[purpose])
    .filter((need) => !need.present())
    .map((need) => need.package);
  if (missing.length > 0) installPackages(missing);
  installNodeModules();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(() => {
    const purposes = process.argv.slice(2);
    setUp(...(purposes.length > 0 ? purposes : ['build', 'test']));
    say('everything that the project needs is here');
  });
}
