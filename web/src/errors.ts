// The errors of the package: one base class, four kinds, a stable `code` for programs and a message
// for people that names the file, what was expected and what was found.

/** Every value of `StorewiseError.code`. New codes may be added; existing ones keep their meaning. */
export type ErrorCode =
  /** A request failed on its way: no network, CORS, a missing file in Node. */
  | 'network'
  /** The server answered with a status other than 2xx. */
  | 'http-status'
  /** A file is not of the kind that was asked for, for example a web page instead of WebAssembly. */
  | 'wrong-file'
  /** An optional package that the call needs is not installed. */
  | 'missing-package'
  /** A file's size or SHA-256 differs from what shop.json promises. */
  | 'wrong-checksum'
  /** The WebAssembly module and this JavaScript do not belong together. */
  | 'wrong-version'
  /** The bytes are not a usable ONNX model. */
  | 'invalid-model'
  /** A valid model that needs something this engine leaves out. */
  | 'unsupported'
  /** A tensor, document or argument has the wrong type, shape or value. */
  | 'invalid-input'
  /** A call names an unknown method or lacks an argument. */
  | 'invalid-request'
  /** The engine does not know the handle (an internal fault, or a shop that was closed). */
  | 'invalid-handle'
  /** The memory that a request needs is not to be had. */
  | 'out-of-memory'
  /** The object was disposed and can no longer be used. */
  | 'disposed'
  /** The engine stopped after a fault; `reload()` makes a new one. */
  | 'dead';

/** What an error knows beside its message. Every part may be an empty string. */
export interface ErrorDetail {
  /** The file's URL or name. */
  readonly file?: string;
  /** Where in the file or the arguments: a node, a JSON path, an input's name. */
  readonly place?: string;
  /** What would have been right, in words. */
  readonly expected?: string;
  /** What was there instead, in words. */
  readonly found?: string;
  /** The lower-level error behind this one. */
  readonly cause?: unknown;
}

/** The base class of all errors that this package throws (besides the reason of an AbortSignal). */
export class StorewiseError extends Error {
  /** The stable name of what went wrong. */
  readonly code: ErrorCode;
  /** The file's URL or name, or ''. */
  readonly file: string;
  /** A node, a JSON path or an input's name, or ''. */
  readonly place: string;
  /** What would have been right, in words, or ''. */
  readonly expected: string;
  /** What was there instead, in words, or ''. */
  readonly found: string;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.file = detail.file ?? '';
    this.place = detail.place ?? '';
    this.expected = detail.expected ?? '';
    this.found = detail.found ?? '';
  }
}

/** A file could not be fetched, or what came is not what was promised. */
export class LoadError extends StorewiseError {}

/** A model file that the engine refuses: broken (`invalid-model`) or not covered (`unsupported`). */
export class ModelError extends StorewiseError {}

/** An argument or a document with the wrong name, type, shape or value. */
export class InputError extends StorewiseError {}

/** The object's state forbids the call: disposed, dead, or out of memory. */
export class StateError extends StorewiseError {}

// On the prototypes, so that a stack trace begins with the name, and in words that no minifier changes.
for (const [kind, name] of [
  [StorewiseError, 'StorewiseError'],
  [LoadError, 'LoadError'],
  [ModelError, 'ModelError'],
  [InputError, 'InputError'],
  [StateError, 'StateError'],
] as const) {
  Object.defineProperty(kind.prototype, 'name', {
    value: name,
    configurable: true,
    writable: true,
  });
}

/** The error class that fits `code`. */
export function storewiseError(
  code: ErrorCode,
  message: string,
  detail?: ErrorDetail,
): StorewiseError {
  switch (code) {
    case 'network':
    case 'http-status':
    case 'wrong-file':
    case 'missing-package':
    case 'wrong-checksum':
    case 'wrong-version':
      return new LoadError(code, message, detail);
    case 'invalid-model':
    case 'unsupported':
      return new ModelError(code, message, detail);
    case 'invalid-input':
    case 'invalid-request':
      return new InputError(code, message, detail);
    default:
      return new StateError(code, message, detail);
  }
}
