// `npm run conformance:newest [-- ARGUMENT ...]`: the operator cases of the newest onnx package,
// which are more than Debian's libonnx-testdata has, run by run.mjs on the shipped module.
//
// Written once by Python (newest_cases.py) in the environment of the parity models, into
// build/onnx-cases; the arguments are those of run.mjs.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparePython } from '../../models/recipes/parity/environment.mjs';
import { main, root, run, say } from '../../web/tools/run.mjs';

const here = fileURLToPath(new URL('./', import.meta.url));
const cases = path.join(root, 'build/onnx-cases');

await main(async () => {
  if (!existsSync(cases)) {
    const python = preparePython();
    say('writing the cases of the onnx package into build/onnx-cases');
    try {
      run(python, ['-B', '-W', 'ignore', path.join(here, 'newest_cases.py'), cases]);
    } catch (error) {
      rmSync(cases, { recursive: true, force: true });
      throw error;
    }
  }
  run('node', [path.join(here, 'run.mjs'), cases, ...process.argv.slice(2)]);
});
