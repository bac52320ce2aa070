// The error classes as a program sees them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  InputError,
  LoadError,
  loadModel,
  ModelError,
  normalizeText,
  pickLanguage,
  StateError,
  StorewiseError,
} from 'storewise';

test('every kind is a StorewiseError and an Error, with its own name', () => {
  for (const [Kind, name, code] of [
    [LoadError, 'LoadError', 'network'],
    [ModelError, 'ModelError', 'invalid-model'],
    [InputError, 'InputError', 'invalid-input'],
    [StateError, 'StateError', 'dead'],
  ]) {
    const cause = new Error('below');
    const error = new Kind(code, 'whole line', { file: 'f', expected: 'e', found: 'x', cause });
    assert.ok(error instanceof StorewiseError && error instanceof Error);
    assert.equal(error.name, name);
    assert.equal(String(error), `${name}: whole line`);
    assert.ok(error.stack.startsWith(`${name}: whole line`));
    assert.deepEqual(
      [error.code, error.file, error.place, error.expected, error.found],
      [code, 'f', '', 'e', 'x'],
    );
    assert.equal(error.cause, cause);
  }
  assert.equal('cause' in new StorewiseError('dead', 'no cause'), false);
});

test('an error of the engine carries its code, file, place, expected and found', async () => {
  await assert.rejects(loadModel(Uint8Array.of(8, 8, 0x3a, 200), { name: 'cut.onnx' }), (error) => {
    assert.ok(error instanceof ModelError);
    assert.equal(error.code, 'invalid-model');
    assert.equal(error.file, 'cut.onnx');
    assert.notEqual(error.message, '');
    assert.ok(!error.message.includes('\n'));
    return true;
  });
});

test('texts are normalised as the models were trained', () => {
  assert.equal(normalizeText('Ｗhere IS my Paket №５?'), 'where is my paket no5?');
  assert.equal(normalizeText('ﬁne\u00a0ÉTÉ'), 'fine été');
  assert.equal(normalizeText('a\ud800b'), 'a\ufffdb');
  assert.equal(normalizeText('\ud83d\ude42'), '\ud83d\ude42');
  assert.equal(normalizeText(''), '');
});

test('a language is found by tag, then by primary language, then the first', () => {
  const available = ['en', 'zh', 'pt-BR', 'de-CH'];
  const picked = ['zh', 'ZH-Hans-CN', 'pt-br', 'pt-PT', 'de', 'fr', '', undefined].map((wanted) =>
    pickLanguage(wanted, available),
  );
  assert.deepEqual(picked, ['zh', 'zh', 'pt-BR', 'pt-BR', 'de-CH', 'en', 'en', 'en']);
  assert.equal(pickLanguage('xx', []), 'en');
});
