// The house's arrows: which room of src may include which.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findWrongArrows } from '../../web/tools/lint.mjs';
import { filesUnder } from '../../web/tools/run.mjs';

test('no include of the C++ rooms runs against the arrows', () => {
  const files = filesUnder('src').filter((file) => /\.(cpp|h)$/.test(file));
  assert.ok(files.length > 10, 'the rooms are where the test looks');
  assert.deepEqual(findWrongArrows(files), []);
});

test('an include against the arrows, into a sibling or into no room is found, with its line', () => {
  const sources = {
    'src/graph/a.cpp': '#include "support/error.h"\n#include "ops/registry.h"\n',
    'src/answer/b.cpp': '#include "recommend/rules.h"\n',
    'src/text/c.cpp': '#include <vector>\n\n#include "shop/d.h"\n',
    'src/train/e.cpp': '#include "answer/faq.h"\n#include "train/f.h"\n',
  };
  assert.deepEqual(
    findWrongArrows(Object.keys(sources), (file) => sources[file]),
    [
      'src/graph/a.cpp:2: graph must not know ops',
      'src/answer/b.cpp:1: answer must not know recommend',
      'src/text/c.cpp:3: "shop" is not a room of src',
    ],
  );
});
