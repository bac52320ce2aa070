// What the modules that a model loads lazily need of it; they carry no second copy of the package.

import type { StorewiseError, storewiseError } from './errors.js';
import type { Json } from './model.js';

/** @internal What each of them has; its own interface says what else. */
export interface ModelHost {
  readonly name: string;
  readonly metadata: { readonly [key: string]: Json } | null;
  readonly error: typeof storewiseError;
}

/** @internal The InputError for what is not as it must be. */
export function refusal(
  host: ModelHost,
  place: string,
  expected: string,
  found: string,
): StorewiseError {
  return host.error(
    'invalid-input',
    `${host.name}: ${place}: expected ${expected}, found ${found}`,
    { file: host.name, place, expected, found },
  );
}
