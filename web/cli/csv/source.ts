// From a file to text: opens plain and gzip files, recognises what is not a CSV at all (Excel, HTML,
// JSON, pictures) and says so in words, finds the encoding, and streams the text with '\n' as the
// only line ending. Holds one chunk at a time. Parses nothing.
import { createReadStream, statSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CliError } from '../errors.js';

/** What the first look at a file found. */
export interface Source {
  path: string;
  /** The file's name without its folder, as messages show it. */
  file: string;
  /** Bytes on disk. */
  bytes: number;
  gzip: boolean;
  /** A label that TextDecoder knows: "utf-8", "windows-1252", "gbk", "utf-16le", "utf-16be". */
  encoding: string;
}

/** Called with bytes read so far and the bytes on disk. */
export type ReadProgress = (done: number, total: number) => void;

/** Looks at a file as a whole; `encoding` skips the search for one. */
export async function inspectSource(filePath: string, encoding?: string): Promise<Source> {
  const file = path.basename(filePath);
  let bytes: number;
  try {
    const stat = statSync(filePath);
    if (stat.isDirectory()) {
      throw new CliError('missing-file', 'this is a folder', {
        file: filePath,
        expected: 'a file',
      });
    }
    bytes = stat.size;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw cannotOpen(filePath, error);
  }
  if (bytes === 0) throw new CliError('invalid-input', 'the file is empty', { file });
  const gzip = await startsWithGzip(filePath);
  const source: Source = { path: filePath, file, bytes, gzip, encoding: 'utf-8' };
  if (encoding !== undefined) {
    try {
      source.encoding = new TextDecoder(encoding).encoding;
    } catch {
      throw new CliError('usage', 'unknown encoding', {
        place: '--encoding',
        expected: 'a name such as utf-8, windows-1252, gbk, utf-16le, shift_jis',
        found: encoding,
      });
    }
    return source;
  }
  source.encoding = await findEncoding(source);
  return source;
}

/** The file's text in chunks, without a byte order mark, every line ending as '\n'. */
export async function* readText(source: Source, progress?: ReadProgress): AsyncGenerator<string> {
  // Not fatal: a byte that the encoding does not know becomes U+FFFD in one cell, no more.
  const decoder = new TextDecoder(source.encoding);
  let heldReturn = '';
  for await (const chunk of readBytes(source, progress)) {
    let text = heldReturn + decoder.decode(chunk, { stream: true });
    heldReturn = '';
    if (text.endsWith('\r')) {
      heldReturn = '\r';
      text = text.slice(0, -1);
    }
    if (text.length > 0) yield text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }
  const rest = heldReturn + decoder.decode();
  if (rest.length > 0) yield rest.replace(/\r\n?/g, '\n');
}

async function* readBytes(source: Source, progress?: ReadProgress): AsyncGenerator<Uint8Array> {
  const disk = createReadStream(source.path, { highWaterMark: 256 * 1024 });
  let done = 0;
  disk.on('data', (chunk) => {
    done += chunk.length;
    progress?.(done, source.bytes);
  });
  let stream: Readable = disk;
  if (source.gzip) {
    const gunzip = createGunzip({ chunkSize: 256 * 1024 });
    disk.on('error', (error) => gunzip.destroy(error));
    stream = disk.pipe(gunzip);
  }
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    if (source.gzip && String((error as NodeJS.ErrnoException).code ?? '').startsWith('Z_')) {
      throw new CliError(
        'invalid-input',
        'the gzip file is damaged or cut off',
        { file: source.file, found: (error as Error).message },
        error,
      );
    }
    throw cannotOpen(source.path, error);
  } finally {
    stream.destroy();
    disk.destroy();
  }
}

async function startsWithGzip(filePath: string): Promise<boolean> {
  try {
    for await (const chunk of createReadStream(filePath, { start: 0, end: 1 })) {
      const bytes = chunk as Uint8Array;
      return bytes[0] === 0x1f && bytes[1] === 0x8b;
    }
  } catch (error) {
    throw cannotOpen(filePath, error);
  }
  return false;
}

function cannotOpen(file: string, error: unknown): CliError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const why =
    code === 'ENOENT'
      ? 'there is no such file'
      : code === 'EACCES'
        ? 'this file may not be read'
        : `this file cannot be read (${code || String(error)})`;
  return new CliError('missing-file', why, { file }, error);
}

/** UTF-16 by its mark or its zero bytes; else UTF-8 if all of it is; else GBK or Windows-1252. */
async function findEncoding(source: Source): Promise<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let first = true;
  let valid = true;
  for await (const chunk of readBytes(source)) {
    if (first) {
      first = false;
      const wide = utf16(chunk);
      if (wide !== undefined) return wide;
      refuseOtherFormats(source, chunk);
    }
    try {
      utf8.decode(chunk, { stream: true });
    } catch {
      valid = false;
      break;
    }
  }
  if (first) throw new CliError('invalid-input', 'the file is empty', { file: source.file });
  if (valid) {
    try {
      utf8.decode();
      return 'utf-8';
    } catch {
      valid = false;
    }
  }
  return legacyEncoding(source);
}

function utf16(start: Uint8Array): string | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const pairs = Math.min(500, start.length >> 1);
  if (pairs < 4) return undefined;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < pairs; ++i) {
    if (start[2 * i] === 0) ++even;
    if (start[2 * i + 1] === 0) ++odd;
  }
  if (odd > pairs * 0.4 && even < pairs * 0.05) return 'utf-16le';
  if (even > pairs * 0.4 && odd < pairs * 0.05) return 'utf-16be';
  return undefined;
}

function refuseOtherFormats(source: Source, start: Uint8Array): void {
  const refuse = (found: string, advice: string, place?: string): never => {
    throw new CliError('invalid-input', advice, {
      file: source.file,
      ...(place === undefined ? {} : { place }),
      expected: 'a CSV file (text, one row a line)',
      found,
    });
  };
  const latin = Buffer.from(start.subarray(0, 4096)).toString('latin1');
  const saveAs = 'this is an Excel workbook; open it and save it as CSV (File, Save as, CSV UTF-8)';
  if (latin.startsWith('PK\x03\x04') || latin.startsWith('PK\x05\x06')) {
    const excel =
      /\[Content_Types\]\.xml|xl\/|_rels\//.test(latin) || /\.xls[xmb]$/i.test(source.file);
    if (excel) refuse('an Excel workbook (.xlsx)', saveAs);
    if (latin.includes('mimetypeapplication/vnd.oasis')) {
      refuse('an OpenDocument file', 'this is an OpenDocument spreadsheet; save it as CSV');
    }
    refuse('a ZIP archive', 'this is a ZIP archive; unpack it and give the CSV inside');
  }
  if (latin.startsWith('\xd0\xcf\x11\xe0')) refuse('an old Excel workbook (.xls)', saveAs);
  if (latin.startsWith('%PDF')) refuse('a PDF', 'this is a PDF, not a table');
  if (latin.startsWith('PAR1'))
    refuse('a Parquet file', 'this is a Parquet file; export it as CSV');
  if (latin.startsWith('SQLite format 3')) {
    refuse('an SQLite database', 'this is a database; export the table as CSV');
  }
  const text = latin
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (/^(<!doctype html|<html|<head|<body)/.test(text)) {
    refuse('HTML', 'this is a web page, not a CSV; a download may have answered with a login page');
  }
  if (text.startsWith('<?xml')) refuse('XML', 'this is an XML file; export it as CSV');
  if (/^(\{\s*"|\[\s*[{["])/.test(text)) refuse('JSON', 'this is a JSON file; export it as CSV');
  const zero = latin.indexOf('\0');
  if (zero >= 0) {
    const before = latin.slice(0, zero).split('\n');
    const byte = (before.at(-1) as string).length + 1;
    refuse('binary data', 'this is not a text file', `line ${before.length}, byte ${byte}`);
  }
}

/**
 * Neither UTF-8 nor UTF-16. Chinese text in GBK puts two bytes above 0xA0 beside each other nearly
 * always; western text in Windows-1252 has its accents alone between ASCII letters.
 */
async function legacyEncoding(source: Source): Promise<string> {
  const gbk = new TextDecoder('gbk', { fatal: true });
  let isGbk = true;
  let pairs = 0;
  let alone = 0;
  let lead = false;
  for await (const chunk of readBytes(source)) {
    for (const byte of chunk) {
      if (lead) {
        if (byte >= 0xa1) ++pairs;
        else ++alone;
        lead = false;
      } else {
        lead = byte >= 0xa1;
      }
    }
    try {
      if (isGbk) gbk.decode(chunk, { stream: true });
    } catch {
      isGbk = false;
    }
  }
  return isGbk && pairs > 4 * alone ? 'gbk' : 'windows-1252';
}
