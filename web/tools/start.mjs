// `npm start`: builds what is missing and serves the demo storefront on 127.0.0.1.
import { build } from './build.mjs';
import { main, run } from './run.mjs';
import { setUp } from './setup.mjs';

await main(() => {
  setUp('build');
  build('demo');
  run('node', ['dist/cli/main.js', 'serve', 'build/demo', ...process.argv.slice(2)]);
});
