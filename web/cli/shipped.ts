// The files that lie beside the command line in the package.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CliError } from './errors.js';

/** The bytes of a file of the package; `what` names it where it is missing. */
export function readShipped(file: URL, what: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new CliError(
      'internal',
      `${what} is missing; install storewise again`,
      { file: fileURLToPath(file) },
      error,
    );
  }
}
