// Builds the storefront into build/demo: static files that work under any path, because every
// address in them is relative and pages are told apart after the #.

import { cpSync, createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const shopFolder = path.join(root, 'models/demo-shop');

const types: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.onnx': 'application/octet-stream',
  '.html': 'text/html',
};

/** The shop's files go to shop/ beside the page: copied when built, served in place by `vite dev`. */
export function shopFiles(folder: string): Plugin {
  return {
    name: 'shop-files',
    buildStart() {
      if (!existsSync(path.join(folder, 'shop.json'))) {
        this.error(`${path.relative(root, folder)}/shop.json is missing: run "npm run models"`);
      }
    },
    configureServer(server) {
      server.middlewares.use('/shop', (request, response, next) => {
        const file = path.join(
          folder,
          path.basename(new URL(request.url ?? '/', 'http://x').pathname),
        );
        if (!existsSync(file)) return next();
        response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
        createReadStream(file).pipe(response);
      });
    },
    writeBundle({ dir }) {
      if (dir === undefined) return;
      cpSync(folder, path.join(dir, 'shop'), {
        recursive: true,
        filter: (source) => !source.endsWith('report.html'),
      });
    },
  };
}

export default defineConfig({
  root: here,
  base: './',
  plugins: [shopFiles(shopFolder)],
  resolve: {
    alias: [
      { find: /^storewise$/, replacement: path.join(root, 'dist/index.js') },
      { find: /^storewise\/elements$/, replacement: path.join(root, 'dist/elements/index.js') },
    ],
  },
  build: {
    outDir: path.join(root, 'build/demo'),
    emptyOutDir: true,
    target: 'es2022',
    // The engine stays a file of its own: a data: URL would be larger and could not stream.
    assetsInlineLimit: 0,
    // The polyfill fetches; with one script there is nothing to preload.
    modulePreload: false,
  },
});
