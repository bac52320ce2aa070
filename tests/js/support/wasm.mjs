// The shipped engine for tests, and damaged copies of it: a function that traps, another version.

import { readFileSync } from 'node:fs';

/** The bytes of the shipped engine. */
export const engineWasm = () =>
  new Uint8Array(readFileSync(new URL('../../../dist/storewise.wasm', import.meta.url)));

// The body of an exported function: [offset of its first instruction, offset behind its last].
function bodyOf(bytes, name) {
  let at = 8;
  const read = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const text = () => {
    const length = read();
    at += length;
    return Buffer.from(bytes.buffer, bytes.byteOffset + at - length, length).toString();
  };
  let imported = 0;
  let wanted = -1;
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = read();
    const end = at + size;
    if (id === 2) {
      for (let n = read(); n > 0; n--) {
        text();
        text();
        const kind = bytes[at++];
        if (kind !== 0) throw new Error('the engine imports something other than functions');
        read();
        imported += 1;
      }
    } else if (id === 7) {
      for (let n = read(); n > 0; n--) {
        const export_ = text();
        const kind = bytes[at++];
        const index = read();
        if (kind === 0 && export_ === name) wanted = index - imported;
      }
    } else if (id === 10) {
      const count = read();
      for (let i = 0; i < count; i++) {
        const length = read();
        const bodyEnd = at + length;
        if (i === wanted) {
          for (let groups = read(); groups > 0; groups--) {
            read();
            at += 1;
          }
          return [at, bodyEnd];
        }
        at = bodyEnd;
      }
    }
    at = end;
  }
  throw new Error(`no exported function ${name}`);
}

/** A copy of the engine whose exported function `name` traps when it is called. */
export function trapping(bytes, name) {
  const copy = bytes.slice();
  copy[bodyOf(copy, name)[0]] = 0x00; // unreachable
  return copy;
}

/** A copy of the engine that says it speaks C ABI 9. */
export function ofAnotherVersion(bytes) {
  const copy = bytes.slice();
  const [start, end] = bodyOf(copy, 'sw_version');
  // i32.const 1, end
  if (end - start !== 3 || copy[start] !== 0x41) throw new Error('sw_version is not a constant');
  copy[start + 1] = 9;
  return copy;
}
