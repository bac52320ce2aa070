// ONNX's own cases (Debian's libonnx-testdata, which npm test installs) on the shipped module.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { runCases } from '../conformance/run.mjs';

const data = '/usr/include/onnx/backend/test/data';
const folders = ['node', 'simple', 'pytorch-operator', 'pytorch-converted'].map(
  (name) => `${data}/${name}`,
);
const skip = existsSync(data) ? false : 'libonnx-testdata is not installed';

test('every case whose operators are supported passes; the others are refused in words', {
  skip,
}, async () => {
  const { passed, failed, unsupported, cases } = await runCases(folders);
  console.log(`conformance: ${passed} passed, ${failed} failed, ${unsupported} unsupported`);
  assert.deepEqual(
    cases.filter(({ status }) => status === 'failed'),
    [],
  );
  assert.ok(passed >= 777, `${passed} cases passed`);
  for (const { name, status, reason } of cases) {
    if (status === 'unsupported') assert.match(reason, /expected/, name);
  }
});
