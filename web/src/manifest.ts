// shop.json: which files make a shop, and whether what arrives is what was written.

import { LoadError } from './errors.js';
import { absoluteUrl, fetchFile, type LoadOptions, looksLike, readBytes } from './fetching.js';

/** What a shop's files are for. */
export type FileRole =
  | 'recommender'
  | 'classifier'
  | 'catalogue'
  | 'faq'
  | 'offers'
  | 'rules'
  | 'intents';

/** One file of a shop. */
export interface ManifestFile {
  /** URL, relative to shop.json. */
  readonly file: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The document shop.json, as `storewise build` writes it. */
export interface ShopManifest {
  readonly version: 1;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** BCP 47; the first is the shop's own. */
  readonly languages: readonly string[];
  /** ISO 8601; absent unless the build was given a date. */
  readonly created?: string;
  readonly files: { readonly catalogue: ManifestFile } & {
    readonly [role in Exclude<FileRole, 'catalogue'>]?: ManifestFile;
  } & {
    /** What customers will do: a model that pages open by itself, with `loadModel`. */
    readonly customers?: ManifestFile;
    /**
     * What a visitor is about to do. `source` is `shop` when learnt from the shop's own log, and
     * `default` when it is the model that storewise ships, which knows another shop's visitors.
     */
    readonly intents?: ManifestFile & { readonly source?: 'shop' | 'default' };
  };
}

export const kRoles: readonly FileRole[] = [
  'catalogue',
  'recommender',
  'classifier',
  'faq',
  'offers',
  'rules',
  'intents',
];

/** All roles whose entries are checked: a page may read that of customers and fetch the file itself. */
const kEntries: readonly string[] = [...kRoles, 'customers'];

/** How far a file was checked: 'sha256', or 'size' alone where the page has no `crypto.subtle`. */
export type Verification = 'sha256' | 'size';

/** Reads and checks shop.json's text. Throws LoadError `wrong-file` naming the JSON path. */
export function parseManifest(bytes: Uint8Array, file: string): ShopManifest {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const found = looksLike(bytes);
    throw new LoadError('wrong-file', `got ${found}, expected the JSON of shop.json, at ${file}`, {
      file,
      expected: 'JSON',
      found,
      cause,
    });
  }
  return checkManifest(document, file);
}

/** Checks a parsed shop.json. Throws LoadError `wrong-file` naming the JSON path. */
export function checkManifest(document: unknown, file: string): ShopManifest {
  const need = (ok: boolean, place: string, expected: string, value: unknown) => {
    if (ok) return;
    const found = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
    throw new LoadError('wrong-file', `${file}, ${place}: expected ${expected}, found ${found}`, {
      file,
      place,
      expected,
      found,
    });
  };
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const top = isObject(document) ? document : {};
  need(isObject(document), '/', 'an object', document);
  need(top['version'] === 1, '/version', '1', top['version']);
  need(isText(top['name']), '/name', 'a name', top['name']);
  need(isText(top['currency']), '/currency', 'a currency code', top['currency']);
  const languages = top['languages'];
  const good = Array.isArray(languages) && languages.length > 0 && languages.every(isText);
  need(good, '/languages', 'a list of language tags', languages);
  const files = top['files'];
  need(isObject(files), '/files', 'an object', files);
  for (const role of kEntries) {
    const entry = (files as Record<string, unknown>)[role];
    if (entry === undefined && role !== 'catalogue') continue;
    const at = `/files/${role}`;
    need(isObject(entry), at, '{ file, bytes, sha256 }', entry);
    const { file: name, bytes, sha256 } = entry as Record<string, unknown>;
    need(isText(name), `${at}/file`, 'a file name', name);
    need(Number.isSafeInteger(bytes) && (bytes as number) >= 0, `${at}/bytes`, 'a size', bytes);
    need(isSha256(sha256), `${at}/sha256`, '64 hexadecimal digits', sha256);
  }
  return document as ShopManifest;
}

/** Whether this is written as SHA-256 is: 64 hexadecimal digits. */
export function isSha256(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value);
}

/** Fetches and checks shop.json. */
export async function fetchManifest(url: URL, options: LoadOptions): Promise<ShopManifest> {
  const response = await fetchFile(url, options);
  return parseManifest(await readBytes(response, url.href, options), url.href);
}

/** The reason why SHA-256 can't be computed here, or ''. */
export function noDigestReason(): string {
  if (globalThis.crypto?.subtle !== undefined) return '';
  return 'crypto.subtle is missing because the page is not served over https or from localhost: only sizes are checked';
}

/** Checks the size, if the entry has one, and SHA-256. Throws LoadError `wrong-checksum`. */
export async function verify(
  bytes: Uint8Array<ArrayBuffer>,
  entry: Pick<ManifestFile, 'sha256'> & { readonly bytes?: number },
  file: string,
): Promise<Verification> {
  const mismatch = (what: string, expected: string, found: string) =>
    new LoadError(
      'wrong-checksum',
      `${file}: expected ${what} ${expected} as ${entry.bytes === undefined ? 'the option sha256' : 'shop.json'} says, ` +
        `found ${found}; upload all files of one build together`,
      { file, expected, found },
    );
  if (entry.bytes !== undefined && bytes.byteLength !== entry.bytes) {
    throw mismatch(
      'size',
      `${entry.bytes} bytes`,
      `${bytes.byteLength} bytes (${looksLike(bytes)})`,
    );
  }
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) return 'size';
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found !== entry.sha256.toLowerCase()) throw mismatch('SHA-256', entry.sha256, found);
  return 'sha256';
}

/**
 * @internal What `attempt` gives. A copy in the browser's cache that belongs to an earlier build is passed over
 * once, before the mismatch is an error.
 */
export async function pastStaleCopy<T>(
  url: URL,
  attempt: (cache?: RequestCache) => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const stale = error instanceof LoadError && error.code === 'wrong-checksum';
    if (!stale || url.protocol === 'file:') throw error;
    return attempt('reload');
  }
}

/** One file of a shop, checked. */
export async function fetchVerified(
  entry: ManifestFile,
  base: URL,
  options: LoadOptions,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly verified: Verification }> {
  const url = absoluteUrl(entry.file, base);
  return pastStaleCopy(url, async (cache) => {
    const response = await fetchFile(url, options, cache);
    const bytes = await readBytes(response, url.href, options, entry.bytes);
    return { bytes, verified: await verify(bytes, entry, url.href) };
  });
}
