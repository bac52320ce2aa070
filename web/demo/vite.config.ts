// Builds the storefront into build/demo: static files that work under any path, because every
// address in them is relative and pages are told apart after the #.

import { cpSync, createReadStream, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, defineConfig, type Plugin, type UserConfig } from 'vite';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const shopFolder = path.join(root, 'models/demo-shop');
const modelsFolder = path.join(root, 'models/behaviour');
const lessonsFolder = path.join(root, 'models/lessons');

const types: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.onnx': 'application/octet-stream',
  '.html': 'text/html',
  '.md': 'text/plain; charset=utf-8',
};

/**
 * The files of `folder` go to `name`/ beside the page: copied when built, served in place by `vite
 * dev`. `proof` is a file that must be there.
 */
export function filesBeside(name: string, folder: string, proof: string): Plugin {
  return {
    name: `files-${name}`,
    buildStart() {
      if (!existsSync(path.join(folder, proof))) {
        this.error(`${path.relative(root, folder)}/${proof} is missing: run "npm run models"`);
      }
    },
    configureServer(server) {
      server.middlewares.use(`/${name}`, (request, response, next) => {
        const asked = path.normalize(new URL(request.url ?? '/', 'http://x').pathname);
        const file = path.join(folder, asked);
        if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return next();
        response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
        createReadStream(file).pipe(response);
      });
    },
    writeBundle({ dir }) {
      if (dir === undefined) return;
      cpSync(folder, path.join(dir, name), {
        recursive: true,
        filter: (source) => !source.endsWith('report.html'),
      });
    },
  };
}

/**
 * Weighs the files of both engines under gzip, which every server has, for the comparison page:
 * compare-sizes.json. (Brotli takes ten seconds for ONNX Runtime's.)
 */
function engineSizes(): Plugin {
  const weigh = (content: string | Uint8Array) => gzipSync(content, { level: 9 }).length;
  return {
    name: 'engine-sizes',
    generateBundle(_options, bundle) {
      const sizes = { storewise: 0, onnxruntime: 0 };
      for (const file of Object.values(bundle)) {
        if (file.type === 'asset') {
          if (!file.fileName.endsWith('.wasm')) continue;
          const ours = path.basename(file.fileName).startsWith('storewise');
          sizes[ours ? 'storewise' : 'onnxruntime'] += weigh(file.source);
        } else if (!file.isEntry) {
          const ours = file.moduleIds.includes(path.join(root, 'dist/index.js'));
          sizes[ours ? 'storewise' : 'onnxruntime'] += weigh(file.code);
        }
      }
      this.emitFile({
        type: 'asset',
        fileName: 'compare-sizes.json',
        source: JSON.stringify(sizes),
      });
    },
  };
}

const common = {
  root: here,
  base: './',
  resolve: {
    alias: [
      { find: /^storewise$/, replacement: path.join(root, 'dist/index.js') },
      { find: /^storewise\/elements$/, replacement: path.join(root, 'dist/elements/index.js') },
      { find: /^storewise\/customers$/, replacement: path.join(root, 'dist/customers.js') },
      { find: /^storewise\/intents$/, replacement: path.join(root, 'dist/intents.js') },
      { find: /^storewise\/onnxruntime$/, replacement: path.join(root, 'dist/onnxruntime.js') },
    ],
  },
  // It finds its WebAssembly beside its module, which a copy of the module alone has not.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
} satisfies UserConfig;

const output = {
  outDir: path.join(root, 'build/demo'),
  target: 'es2022',
  // The engine stays a file of its own: a data: URL would be larger and could not stream.
  assetsInlineLimit: 0,
  // The polyfill fetches; with one script there is nothing to preload.
  modulePreload: false as const,
};

/**
 * Builds the pages beside the storefront, each by itself, so that the storefront shares no script
 * with them and stays one.
 */
function pagesBeside(pages: Readonly<Record<string, Plugin[]>>): Plugin {
  return {
    name: 'pages-beside',
    apply: 'build',
    async closeBundle() {
      for (const [page, plugins] of Object.entries(pages)) {
        await build({
          ...common,
          configFile: false,
          logLevel: 'warn',
          plugins,
          build: {
            ...output,
            emptyOutDir: false,
            rolldownOptions: { input: path.join(here, page) },
          },
        });
      }
    },
  };
}

export default defineConfig({
  ...common,
  plugins: [
    filesBeside('shop', shopFolder, 'shop.json'),
    filesBeside('models', modelsFolder, 'tree/model.onnx'),
    filesBeside('lessons', lessonsFolder, 'tree.onnx'),
    pagesBeside({ 'compare.html': [engineSizes()], 'behaviour.html': [], 'learn.html': [] }),
  ],
  build: { ...output, emptyOutDir: true },
});
