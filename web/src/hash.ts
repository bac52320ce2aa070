// The hash by which models of texts number what they count, in src/text/features.h as well.

const encoder = new TextEncoder();

/** FNV-1a, 32 bits, of the text's UTF-8. */
export function hash(text: string): number {
  let state = 2166136261;
  for (const byte of encoder.encode(text)) state = Math.imul(state ^ byte, 16777619);
  return state >>> 0;
}
