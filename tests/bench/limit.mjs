// The limit of int8 products: a WebAssembly loop that does nothing but multiply bytes from memory with
// numbers in registers and add up, by the instructions that the engine's kernels are made of
// (extend, i32x4.dot_i16x8_s, add). One row at a time; many rows at once can pass it by a little,
// because they extend a weight once. Runs in Node and, served as a module, in a page.

// Numbers in LEB128: what the format wants of lengths, offsets and constants.
function leb(value) {
  const bytes = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}
const list = (...items) => [...leb(items.length), ...items.flat()];
const section = (id, content) => [id, ...leb(content.length), ...content];
const name = (text) => [...leb(text.length), ...new TextEncoder().encode(text)];

const kI32 = 0x7f;
const kV128 = 0x7b;
const kPage = 65536;

const get = (local) => [0x20, ...leb(local)];
const set = (local) => [0x21, ...leb(local)];
const simd = (opcode, ...rest) => [0xfd, ...leb(opcode), ...rest];
const load = (offset) => simd(0x00, 0, ...leb(offset));
const [extractLane, extendLow, extendHigh] = [simd(0x1b, 0), simd(0x87), simd(0x88)];
const [add, dot] = [simd(0xae), simd(0xba)];

// run(end): the sum of the products of the bytes in [0, end), end a multiple of 32, with the sixteen
// int16 behind them over and over. Locals: 0 end, 1 place, 2 and 3 the int16, 4 weights, 5 to 8 sums.
function moduleBytes(pages) {
  const product = (extend, numbers, sum) => [
    ...get(4),
    ...extend,
    ...get(numbers),
    ...dot,
    ...get(sum),
    ...add,
    ...set(sum),
  ];
  const half = (offset, sum) => [
    ...get(1),
    ...load(offset),
    ...set(4),
    ...product(extendLow, 2, sum),
    ...product(extendHigh, 3, sum + 1),
  ];
  const body = [
    ...list([...leb(1), kI32], [...leb(7), kV128]),
    ...get(0),
    ...load(0),
    ...set(2),
    ...get(0),
    ...load(16),
    ...set(3),
    ...[0x03, 0x40], // loop
    ...half(0, 5),
    ...half(16, 7),
    ...[...get(1), 0x41, 32, 0x6a, 0x22, 1], // place += 32
    ...[...get(0), 0x49, 0x0d, 0, 0x0b], // again while place < end
    ...[...get(5), ...get(6), ...add, ...get(7), ...add, ...get(8), ...add],
    ...extractLane,
    0x0b,
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([0x60, ...list([kI32]), ...list([kI32])])),
    ...section(3, list([0])),
    ...section(5, list([0, ...leb(pages)])),
    ...section(7, list([...name('memory'), 2, 0], [...name('run'), 0, 0])),
    ...section(10, list([...leb(body.length), ...body])),
  ]);
}

/**
 * A function that multiplies `bytes` (rounded up to a multiple of 32) int8 weights once and returns
 * the lowest lane of the sums.
 */
export async function limitLoop(bytes) {
  const end = Math.ceil(bytes / 32) * 32;
  const { instance } = await WebAssembly.instantiate(moduleBytes(Math.ceil((end + 32) / kPage)));
  const { memory, run } = instance.exports;
  const weights = new Int8Array(memory.buffer, 0, end);
  for (let i = 0; i < end; i += 1) weights[i] = ((i * 37) % 255) - 127;
  new Int16Array(memory.buffer, end, 16).set(Array.from({ length: 16 }, (_, i) => 11 * i - 80));
  return () => run(end);
}
