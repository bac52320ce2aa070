// Half-written files and running workers, so that Ctrl-C or an error leaves nothing behind.
import { rmSync } from 'node:fs';

const undo = new Set<() => void>();

/** Registers what takes back unfinished work; the returned function forgets it. */
export function onAbort(action: () => void): () => void {
  undo.add(action);
  return () => undo.delete(action);
}

/** Takes back all unfinished work, the latest first. */
export function abortAll(): void {
  for (const action of [...undo].reverse()) {
    undo.delete(action);
    try {
      action();
    } catch {
      // What cannot be taken back must not keep the rest from it.
    }
  }
}

/** Removes a temporary file or folder when the work is aborted. */
export function removeOnAbort(path: string): () => void {
  return onAbort(() => rmSync(path, { recursive: true, force: true }));
}
