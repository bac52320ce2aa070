// Remakes models/replies: a GRU encoder-decoder with attention that replies by approved sentences of the
// demo shop. Python trains and exports (seq2seq.py), `storewise quantize` makes it int8, the package's
// own engine chooses the threshold and measures; ONNX Runtime and a search of another kind check it.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, run, say, storewise } from '../../../web/tools/run.mjs';
import { preparePython } from '../parity/environment.mjs';

const here = fileURLToPath(new URL('./', import.meta.url));
const golden = path.join(root, 'tests/golden/replies.json');
const kChecked = 400; // messages that ONNX Runtime answers as well
const kEvery = 12; // of those, one in so many is kept for the tests
const kOutOfScope = 1 / 3; // of the messages that the threshold reckons with, as for a shop's FAQ

const { loadModel } = await import(path.join(root, 'dist/index.js'));

const sameReply = (found, wanted) =>
  found.length === wanted.length && found.every(({ id }, i) => id === wanted[i]);

/** What the model says to each message: the likeliest reply that says anything, right or not, how sure. */
async function answers(model, messages) {
  const found = [];
  for (const message of messages) {
    const { candidates } = await model.reply(message.text);
    const [best] = candidates;
    found.push({
      ...message,
      said: best?.sentences ?? [],
      right: sameReply(best?.sentences ?? [], message.reply),
      probability: best?.sentences.length > 0 ? best.probability : 0,
    });
  }
  return found;
}

const share = (list, test) => list.filter(test).length / Math.max(list.length, 1);

/** The probability from which a reply is believed: most right decisions on messages to choose by. */
function thresholdFor(found) {
  const inside = found.filter(({ reply }) => reply.length > 0);
  const outside = found.filter(({ reply }) => reply.length === 0);
  const worth = (threshold) =>
    (1 - kOutOfScope) *
      share(inside, ({ right, probability }) => right && probability >= threshold) +
    kOutOfScope * share(outside, ({ probability }) => probability < threshold);
  let best = 0.5;
  for (let at = 20; at <= 98; at++) {
    if (worth(at / 100) > worth(best)) best = at / 100;
  }
  return best;
}

const isTalk = ({ id }) => /^(greeting|offer|thanks|goodbye)\./.test(id);

/** How messages in scope are answered, in shares. */
function inScope(found, threshold) {
  const sure = ({ probability }) => probability >= threshold;
  return {
    messages: found.length,
    chosen: share(found, ({ right }) => right),
    answered: share(found, (one) => sure(one) && one.right),
    wrong: share(found, (one) => sure(one) && !one.right),
  };
}

/** Of messages out of scope: refused, or met by small talk alone; and answered, which is wrong. */
function outOfScope(found, threshold) {
  const answered = ({ probability, said }) => probability >= threshold && !said.every(isTalk);
  return { messages: found.length, refused: share(found, (one) => !answered(one)) };
}

/** The n-gram classifier of `storewise train classifier` on the same messages. */
async function classifierFigures(temporary, messages) {
  const table = path.join(temporary, 'learnt.csv');
  const file = path.join(temporary, 'classifier.onnx');
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const lines = messages.learnt.map(({ text, label }) => `${quoted(text)},${label}`);
  writeFileSync(table, `text,label\n${lines.join('\n')}\n`);
  storewise(
    ...['train', 'classifier', '--input', table, '--out', file],
    ...['--out-of-scope-label', 'out-of-scope'],
  );
  const model = await loadModel(new Uint8Array(readFileSync(file)), { name: 'classifier' });
  const said = (list) =>
    list.map((message) => {
      const { ranked, in_scope } = model.classify(message.text, { limit: 1 });
      return { ...message, right: ranked[0]?.label === message.label, sure: in_scope };
    });
  const figures = (list) => ({
    chosen: share(list, ({ right }) => right),
    answered: share(list, ({ right, sure }) => right && sure),
    wrong: share(list, ({ right, sure }) => !right && sure),
  });
  const single = said(messages.measured.single);
  const result = {
    bytes: statSync(file).size,
    single: figures(single.filter(({ reply }) => reply.length > 0)),
    none: share(
      single.filter(({ reply }) => reply.length === 0),
      ({ sure }) => !sure,
    ),
    written: figures(said(messages.written)),
    others: share(said(messages.others), ({ sure }) => !sure),
  };
  model.dispose();
  return result;
}

const percent = (value) => (100 * value).toFixed(1);

function card({ bytes, float, report, threshold, figures, floatFigures, classifier, check }) {
  const [learnt, chosen, measured] = report.messages;
  const row = (name, f, g, ours = true) =>
    `| ${name} | ${f.messages} | ${percent(f.chosen)}${ours ? ` (float ${percent(g.chosen)})` : ''} | ${percent(f.answered)} | ${percent(f.wrong)} |`;
  const theirs = (name, messages, f) =>
    `| ${name} | ${messages} | ${percent(f.chosen)} | ${percent(f.answered)} | ${percent(f.wrong)} |`;
  return `# Replies by approved sentences

A GRU encoder-decoder with attention for the demo shop's help: it reads a message, English or Chinese, and replies by one to
three of ${report.sentences} sentences that the shop approved (a greeting, an answer or two, thanks), or by none. The decoder chooses among
pieces of those sentences only, so nothing else can come out: \`await model.reply(text)\`. ${bytes.toLocaleString('en')} bytes, int8
(float: ${float.toLocaleString('en')}); ${report.weights.toLocaleString('en')} weights, ${report.pieces} pieces.

**Data.** The demo shop's questions with their answers and what is out of scope (\`models/recipes/complete-journey\`), and small
talk (\`models/recipes/replies\`), written for this project; Apache-2.0. Messages of two or three (a greeting and a question, two
questions, a question and thanks) are joined from single ones of the same part. Bitext's replies were left out: their licence
(CDLA-Sharing) would bind whoever ships the sentences.

**Split.** Seed 42: ${learnt.toLocaleString('en')} messages to learn from, ${chosen.toLocaleString('en')} to choose the threshold by, ${measured.toLocaleString('en')} to measure (20 %).
${report.epochs} epochs, ${report.seconds} s on two cores. Threshold ${threshold}: the most right decisions when one message in three is out of scope.

| int8, per cent | messages | right reply likeliest | answered rightly | answered wrongly |
|---|---|---|---|---|
${row('one question or small talk', figures.single, floatFigures.single)}
${row('two or three in one message', figures.compound, floatFigures.compound)}
${row('questions of other people (`faq-heldout.csv`)', figures.written, floatFigures.written)}
${theirs('*n-gram classifier*, one question or small talk', figures.single.messages, classifier.single)}
${theirs('*n-gram classifier*, questions of other people', figures.written.messages, classifier.written)}

"Right" is the whole reply, sentence by sentence. Out of scope: ${percent(figures.none.refused)} % of ${figures.none.messages} held-out messages get no answer (the classifier:
${percent(classifier.none)} %), and ${percent(figures.others.refused)} % of the ${figures.others.messages} in \`faq-out-of-scope.csv\` (the classifier: ${percent(classifier.others)} %); a greeting met by a
greeting counts as no answer.

The classifier is \`storewise train classifier\` on the same messages, ${classifier.bytes.toLocaleString('en')} bytes. It knows one label a message, so of
messages of two questions it answers half at best. **For single questions take the classifier**: ${
    classifier.single.chosen > figures.single.chosen ? 'it is right more often' : 'it is simpler'
  }; what this model adds
is replies of several sentences at ${percent(bytes / classifier.bytes)} % of its bytes.

**Checked.** On ${check.messages} messages ONNX Runtime with an exact search gives the same likeliest reply as the engine's beam of 4 in
${check.same} cases; probabilities differ by ${check.apart.toExponential(1)} at most, the logits of the first step by ${check.logits.toExponential(1)}.

**Limits.** It knows this shop's wordings only; what it has not seen it may take for something it knows, hence the threshold.

**Remake.** \`npm run models -- replies\`
`;
}

export async function make({ temporary, models }) {
  const python = preparePython();
  const seq2seq = (...args) => run(python, ['-m', 'seq2seq', ...args], { cwd: here });
  seq2seq('train', '--out', temporary);
  const at = (name) => path.join(temporary, name);
  storewise('quantize', at('float.onnx'), at('int8.onnx'));
  const messages = JSON.parse(readFileSync(at('messages.json'), 'utf8'));
  const open = (file) => loadModel(new Uint8Array(readFileSync(file)), { name: 'replies.onnx' });

  const unfinished = await open(at('int8.onnx'));
  const threshold = thresholdFor([
    ...(await answers(unfinished, messages.chosen.single)),
    ...(await answers(unfinished, messages.chosen.compound)),
  ]);
  unfinished.dispose();
  const folder = path.join(models, 'replies');
  mkdirSync(folder, { recursive: true });
  const out = path.join(folder, 'model.onnx');
  seq2seq('finish', '--model', at('int8.onnx'), '--threshold', String(threshold), '--out', out);

  const measure = async (file) => {
    const model = await open(file);
    const { single, compound } = messages.measured;
    const of = async (list) => inScope(await answers(model, list), threshold);
    const figures = {
      single: await of(single.filter(({ reply }) => reply.length > 0)),
      compound: await of(compound),
      written: await of(messages.written),
      none: outOfScope(
        await answers(
          model,
          single.filter(({ reply }) => reply.length === 0),
        ),
        threshold,
      ),
      others: outOfScope(await answers(model, messages.others), threshold),
    };
    model.dispose();
    return figures;
  };
  const figures = await measure(out);
  const floatFigures = await measure(at('float.onnx'));
  const classifier = await classifierFigures(temporary, messages);

  // The same file in ONNX Runtime, and the same features in Python.
  const texts = [...messages.measured.compound, ...messages.measured.single]
    .slice(0, kChecked)
    .map(({ text }) => text);
  writeFileSync(at('texts.json'), JSON.stringify(texts));
  seq2seq('check', '--model', out, '--messages', at('texts.json'), '--out', at('checked.json'));
  const checked = JSON.parse(readFileSync(at('checked.json'), 'utf8'));
  const model = await open(out);
  const { memory, state } = Object.fromEntries(
    model.inputs.map(({ name, shape }) => [name, shape?.[1] ?? 0]),
  );
  const check = { messages: checked.length, same: 0, apart: 0, logits: 0 };
  for (const one of checked) {
    const { candidates } = await model.reply(one.text);
    const isSame = sameReply(candidates[0]?.sentences ?? [], one.reply);
    if (isSame) {
      check.same += 1;
      const apart = Math.abs((candidates[0]?.probability ?? 0) - one.probability);
      check.apart = Math.max(check.apart, apart);
    }
    const words = one.question.length;
    const { logits } = model.run({
      question: {
        type: 'int64',
        dims: [words, one.question[0].length],
        data: BigInt64Array.from(one.question.flat(), BigInt),
      },
      start: { type: 'bool', dims: [], data: Uint8Array.of(1) },
      memory: { type: 'float', dims: [1, memory], data: new Float32Array(memory) },
      state: { type: 'float', dims: [1, state], data: new Float32Array(state) },
      piece: { type: 'int64', dims: [1], data: BigInt64Array.of(0n) },
    });
    one.logits.forEach((value, i) => {
      check.logits = Math.max(check.logits, Math.abs(value - logits.data[i]));
    });
  }
  model.dispose();
  say(`checked: ${JSON.stringify(check)}`);
  const kept = checked
    .filter((_, i) => i % kEvery === 0)
    .map(({ probability, logits, ...rest }) => ({
      ...rest,
      probability: Number(probability.toFixed(6)),
      logits: logits.map((value) => Number(value.toFixed(4))),
    }));
  writeFileSync(golden, `${JSON.stringify(kept)}\n`);

  const report = JSON.parse(readFileSync(at('report.json'), 'utf8'));
  const bytes = statSync(out).size;
  const float = statSync(at('float.onnx')).size;
  writeFileSync(
    path.join(folder, 'card.md'),
    card({ bytes, float, report, threshold, figures, floatFigures, classifier, check }),
  );
  const figure = (key) => ({
    float: { value: floatFigures[key].chosen },
    int8: { value: figures[key].chosen },
  });
  const metrics = {
    family: 'seq2seq (GRU with attention)',
    figures: {
      'right reply': figure('single'),
      'right reply, two or three messages in one': figure('compound'),
    },
  };
  writeFileSync(path.join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  say(
    `models/replies: ${bytes} bytes, ${JSON.stringify(figures)}, classifier ${JSON.stringify(classifier)}`,
  );
}
