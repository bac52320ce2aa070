// The Python environment that the parity models and the newest conformance cases are made in.
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, run, say, which } from '../../../web/tools/run.mjs';

const here = fileURLToPath(new URL('./', import.meta.url));
const environment = path.join(root, 'build/parity-venv');
/** Its Python, which is there once `preparePython` has been called. */
export const pythonOfParity = path.join(environment, 'bin/python');

/** The environment's Python, with the packages of requirements.txt installed. */
export function preparePython() {
  const install = 'apt-get install python3 python3-venv';
  const python = which('python3');
  if (python === undefined) {
    throw new Error(`Python 3.11 or newer is needed to remake the models: ${install}`);
  }
  const wanted = path.join(here, 'requirements.txt');
  const installed = path.join(environment, 'requirements.txt');
  const isReady =
    existsSync(pythonOfParity) &&
    existsSync(installed) &&
    readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8');
  if (isReady) return pythonOfParity;
  try {
    run(python, ['-c', 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))']);
  } catch {
    throw new Error(`Python 3.11 or newer with venv is needed to remake the models: ${install}`);
  }
  say('installing scikit-learn, Keras and ONNX Runtime into build/parity-venv (2 GB)');
  run(python, ['-m', 'venv', environment]);
  run(pythonOfParity, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    wanted,
  ]);
  copyFileSync(wanted, installed);
  return pythonOfParity;
}
