// Writing results so that a reader never sees half of them: everything goes to a temporary sibling
// first and is renamed at the end; an abort removes the sibling.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { removeOnAbort } from './cleanup.js';
import { CliError } from './errors.js';

/** A file's entry in shop.json. */
export interface FileEntry {
  file: string;
  bytes: number;
  sha256: string;
}

export function fileEntry(file: string, content: Uint8Array): FileEntry {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { file, bytes: content.byteLength, sha256 };
}

/** Checks that `folder` can be written to before long work begins; makes its parents. */
export function prepareFolder(folder: string): void {
  try {
    if (existsSync(folder) && !statSync(folder).isDirectory()) {
      throw new CliError('invalid-input', 'the output is a file', {
        file: folder,
        expected: 'a folder, or a name that is still free',
      });
    }
    mkdirSync(path.dirname(path.resolve(folder)), { recursive: true });
  } catch (error) {
    throw writeError(folder, error);
  }
}

/** Writes one file in one step. */
export function writeFile(target: string, content: Uint8Array | string): void {
  const temporary = `${target}.${process.pid}.tmp`;
  const forget = removeOnAbort(temporary);
  try {
    mkdirSync(path.dirname(path.resolve(target)), { recursive: true });
    writeFileSync(temporary, content);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeError(target, error);
  } finally {
    forget();
  }
}

/**
 * Writes `files` into `folder`, the last of them last: a page that loads the manifest finds all that
 * it names. Files in `obsolete` that an earlier run left are removed; others are not touched.
 */
export function writeFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  obsolete: readonly string[],
): void {
  const absolute = path.resolve(folder);
  let forget = (): void => {};
  try {
    const temporary = mkdtempSync(
      path.join(path.dirname(absolute), `.${path.basename(absolute)}-`),
    );
    forget = removeOnAbort(temporary);
    for (const [name, content] of files) writeFileSync(path.join(temporary, name), content);
    mkdirSync(absolute, { recursive: true });
    for (const name of files.keys()) {
      renameSync(path.join(temporary, name), path.join(absolute, name));
    }
    for (const name of obsolete) {
      if (!files.has(name)) rmSync(path.join(absolute, name), { force: true });
    }
    rmSync(temporary, { recursive: true, force: true });
  } catch (error) {
    throw writeError(folder, error);
  } finally {
    forget();
  }
}

function writeError(target: string, error: unknown): CliError {
  if (error instanceof CliError) return error;
  const found = (error as NodeJS.ErrnoException).code ?? String(error);
  return new CliError('invalid-input', 'this cannot be written', { file: target, found }, error);
}
