// The data, commands and programs that the lessons show, in one place: the page prints them, the tests
// run each, and `npm run models -- lessons` makes the lessons' models by them. Nothing here touches
// the page. The data are drawn from rules with a fixed seed, so every copy has the same bytes.

/** A file that a lesson starts from. */
export interface SampleFile {
  readonly name: string;
  readonly content: string;
}

/** A command as one types it, and whole lines of what it prints. */
export interface SampleCommand {
  readonly line: string;
  readonly prints: readonly string[];
}

/** A program for Node or a page; what it logs, line by line. */
export interface SampleProgram {
  readonly code: string;
  readonly prints: readonly string[];
}

export interface Sample {
  readonly file: SampleFile;
  /** A second file, where a lesson needs one. */
  readonly more?: SampleFile;
  readonly commands: readonly SampleCommand[];
  readonly program: SampleProgram;
}

/** Numbers from 0 to 1 (minimal standard generator of Park and Miller). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Roughly normal, mean 0 and deviation 1: the sum of twelve even draws. */
function normal(random: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}

const csv = (header: string, rows: readonly (readonly (string | number)[])[]) =>
  `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`;

const yes = (is: boolean) => (is ? 'yes' : 'no');

const pick = <T>(random: () => number, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;

/** Visits to a shop: those who read much, or come from a search and stay, mostly buy. */
function visits(): SampleFile {
  const random = generator(7);
  const rows = Array.from({ length: 600 }, () => {
    const pages = 1 + Math.floor(24 * random() ** 1.4);
    const minutes = Math.max(0.5, pages * (0.5 + random())).toFixed(1);
    const source = pick(random, ['ad', 'mail', 'search', 'search']);
    const member = random() < 0.35;
    const wish =
      0.32 * pages + (source === 'mail' ? 2.2 : source === 'ad' ? -1.6 : 0) + (member ? 1.8 : 0);
    return [pages, minutes, source, yes(member), yes(wish + normal(random) > 5)];
  });
  return { name: 'visits.csv', content: csv('pages,minutes,source,member,bought', rows) };
}

/** Customers: who orders often and has been away for long stays away; who orders seldom comes back. */
function customers(): SampleFile {
  const random = generator(11);
  const rows = Array.from({ length: 300 }, () => {
    const orders = Math.round(10 * (0.5 + 11.5 * random())) / 10;
    const days = 5 + Math.floor(295 * random());
    const usual = 25 + 520 / (orders + 1);
    return [days, orders, yes(days < usual * (1 + 0.14 * normal(random)))];
  });
  return { name: 'customers.csv', content: csv('days_away,orders_a_year,comes_back', rows) };
}

/** Days of a kiosk: warm days, weekends and flyers sell more ice cream. */
function days(): SampleFile {
  const random = generator(3);
  const rows = Array.from({ length: 300 }, (_, i) => {
    const warmth = Math.round(18 + 9 * Math.sin(i / 24) + 4 * normal(random));
    const weekend = i % 7 > 4;
    const flyers = 50 * Math.floor(9 * random());
    const sold = 24 + 6.5 * warmth + (weekend ? 45 : 0) + 0.12 * flyers + 16 * normal(random);
    return [warmth, yes(weekend), flyers, Math.max(0, Math.round(sold))];
  });
  return { name: 'days.csv', content: csv('degrees,weekend,flyers,sold', rows) };
}

/** A coupon that was sent to customers, and who used it. */
function coupons(): SampleFile {
  const random = generator(19);
  const rows = Array.from({ length: 500 }, () => {
    const discount = 5 * (1 + Math.floor(6 * random()));
    const away = Math.floor(90 * random());
    const bought = random() < 0.4;
    const wish = -2.4 + 0.11 * discount - 0.025 * away + (bought ? 1.5 : 0);
    return [discount, away, yes(bought), yes(random() < 1 / (1 + Math.exp(-wish)))];
  });
  return { name: 'coupons.csv', content: csv('discount,days_away,bought_before,used', rows) };
}

/** What people put into one basket, occasion by occasion. */
function baskets(): SampleFile {
  const random = generator(23);
  const occasions = [
    ['bread', 'butter', 'jam', 'coffee', 'milk', 'honey'],
    ['pasta', 'tomatoes', 'basil', 'parmesan', 'olive oil', 'wine'],
    ['charcoal', 'sausages', 'mustard', 'rolls', 'beer', 'salad'],
    ['nappies', 'wipes', 'porridge', 'apple purée', 'milk'],
  ];
  const lines: string[] = ['session,item,time'];
  for (let i = 0; i < 400; i++) {
    const wanted = pick(random, occasions);
    const time = new Date(Date.UTC(2026, 0, 2, 8, i * 37)).toISOString().slice(0, 16);
    const left = [...wanted];
    const count = 2 + Math.floor(3 * random());
    for (let k = 0; k < count && left.length > 0; k++) {
      // Now and then something that has nothing to do with it.
      const stray = random() < 0.08;
      const item = stray
        ? pick(random, pick(random, occasions))
        : (left.splice(Math.floor(random() * left.length), 1)[0] ?? '');
      lines.push(`${i + 1},${item},${time}`);
    }
  }
  return { name: 'baskets.csv', content: `${lines.join('\n')}\n` };
}

/** Questions to a shop, each with the answer that it wants. */
function questions(): SampleFile {
  const asked: Readonly<Record<string, readonly string[]>> = {
    track: [
      'where is my parcel',
      'has my order been sent',
      'when will my parcel arrive',
      'track my order',
      'my parcel is late',
      'is my order on its way',
      'parcel still not here',
      'what happened to my delivery',
      'where is my package',
      'can I follow my parcel',
      'my order has not come yet',
      'when will it be delivered',
      'did you ship my order',
      'how far is my package',
    ],
    return: [
      'how do I send something back',
      'can I return shoes',
      'I want to return this dress',
      'where do I get a return label',
      'it does not fit, can I exchange it',
      'send an item back',
      'what does a return cost',
      'return without a receipt',
      'how can I return something',
      'these shoes are too small, I want to send them back',
      'may I bring it back to the shop',
      'is the return free',
      'I changed my mind and want to return it',
      'return a gift',
    ],
    refund: [
      'when do I get my money back',
      'where is my refund',
      'has my refund been paid',
      'I am still waiting for my money',
      'refund not on my account',
      'how long does a refund take',
      'money for the cancelled order',
      'you owe me a refund',
      'did you send my money back',
      'my refund has not come',
      'when will I be refunded',
      'I did not get my money',
      'refund for a returned dress',
      'how will the refund be paid',
    ],
    hours: [
      'when are you open',
      'are you open on sunday',
      'opening hours please',
      'when does the shop close',
      'is the shop open today',
      'how late are you open',
      'opening times at christmas',
      'do you open at eight',
      'what are your opening hours',
      'open on holidays',
      'at what time do you open',
      'when do you close on saturday',
      'is anyone there on monday morning',
      'are you still open',
    ],
    none: [
      'what is the capital of france',
      'tell me a joke',
      'who won the match',
      'will it rain tomorrow',
      'write me a poem',
      'how old are you',
      'what is two plus two',
      'play some music',
      'which song is this',
      'recommend me a film',
      'how far away is the moon',
      'what is your name',
      'do you like cats',
      'translate hello into spanish',
      'who wrote hamlet',
      'set an alarm for six',
      'what should I cook tonight',
      'how do planes fly',
      'good morning',
      'I am bored',
      'what day is it',
      'can you dance',
      'how tall is mount everest',
      'spell banana',
      'is there life on mars',
      'name three colours',
      'do you speak french',
      'sing something',
      'the weather is nice',
      'what does love mean',
    ],
  };
  const rows = Object.entries(asked).flatMap(([label, texts]) =>
    texts.map((text) => [text.includes(',') ? `"${text}"` : text, label]),
  );
  return { name: 'questions.csv', content: csv('text,label', rows) };
}

/** Wishes in which the order of the words decides: what is wanted, and what is not. */
function wishes(): SampleFile {
  const random = generator(31);
  const goods = ['milk', 'tea', 'bread', 'eggs'];
  const ways: readonly ((wanted: string, other: string) => string)[] = [
    (wanted, other) => `please send ${wanted} instead of ${other}`,
    (wanted, other) => `instead of ${other} please send ${wanted}`,
    (wanted, other) => `not ${other} but ${wanted}`,
    (wanted, other) => `${wanted} and not ${other} please`,
    (wanted, other) => `I have ${other} but I need ${wanted}`,
    (wanted, other) => `I need ${wanted} because I have ${other}`,
    (wanted, other) => `swap the ${other} for ${wanted}`,
    (wanted, other) => `no ${other} today just ${wanted}`,
  ];
  const rows = Array.from({ length: 600 }, () => {
    const wanted = pick(random, goods);
    const other = pick(
      random,
      goods.filter((one) => one !== wanted),
    );
    return [pick(random, ways)(wanted, other), wanted];
  });
  return { name: 'wishes.csv', content: csv('text,wanted', rows) };
}

const kBought = '--target bought';

/** By lesson. `--out` files are the lessons' own models, models/lessons. */
export const samples = {
  tree: {
    file: visits(),
    commands: [
      {
        line: `storewise train tree --input visits.csv ${kBought} --depth 4 --out tree.onnx`,
        prints: [
          'The model learnt from 480 rows, tested on 120 others, drawn with seed 42, each class its share.',
          'Accuracy: 0.8750 (0.8167 to 0.9333). Always to say "no" would reach 0.6250.',
        ],
      },
    ],
    program: {
      code: `import { loadModel } from 'storewise';

const model = await loadModel('/models/tree.onnx');
const visit = { pages: 18, minutes: 12, source: 'ad', member: true };
const said = await model.explain(visit);
console.log(said.label, said.probabilities[0].probability.toFixed(2));
for (const step of said.path) console.log(step.text);

const { trees } = await model.trees(); // question by question
console.log(trees[0].atMostText, '|', trees[0].aboveText);`,
      prints: [
        'yes 0.88',
        'pages > 17.5',
        'source is ad',
        'member is yes',
        'pages ≤ 13.5 | pages > 13.5',
      ],
    },
  },
  forest: {
    file: visits(),
    commands: [
      {
        line: `storewise train forest --input visits.csv ${kBought} --trees 15 --depth 3 --out forest.onnx`,
        prints: ['Accuracy: 0.8833 (0.8250 to 0.9417). Always to say "no" would reach 0.6250.'],
      },
      {
        line: `storewise train boosted --input visits.csv ${kBought} --rounds 24 --depth 2 --learning-rate 0.3 --out boosted.onnx`,
        prints: ['Accuracy: 0.9167 (0.8667 to 0.9583). Always to say "no" would reach 0.6250.'],
      },
    ],
    program: {
      code: `import { loadModel } from 'storewise';

const visit = { pages: 11, minutes: 14, source: 'search', member: false };
const forest = await loadModel('/models/forest.onnx');
const boosted = await loadModel('/models/boosted.onnx');
for (const model of [forest, boosted]) {
  const { label, probabilities } = await model.predict(visit);
  const { combine, trees } = await model.trees();
  console.log(label, probabilities[0].probability.toFixed(2), trees.length, combine);
}`,
      prints: ['no 0.81 15 mean', 'no 0.97 24 sum'],
    },
  },
  svm: {
    file: customers(),
    commands: [
      {
        line: 'storewise train svm --input customers.csv --target comes_back --kernel linear --out svm-straight.onnx',
        prints: ['Accuracy: 0.9000 (0.8167 to 0.9667). Always to say "no" would reach 0.5833.'],
      },
      {
        line: 'storewise train svm --input customers.csv --target comes_back --kernel rbf --out svm-curved.onnx',
        prints: ['Accuracy: 0.9500 (0.9000 to 1.0000). Always to say "no" would reach 0.5833.'],
      },
    ],
    program: {
      code: `import { loadModel } from 'storewise';

const customer = { days_away: 190, orders_a_year: 1.5 };
const straight = await loadModel('/models/svm-straight.onnx');
const { label, score, scale } = await straight.explain(customer);
console.log(label, scale, score.toFixed(2)); // how far from the border

const curved = await loadModel('/models/svm-curved.onnx');
const said = await curved.explain(customer);
console.log(said.label, said.probabilities[0].probability.toFixed(2));
console.log(said.counterfactual.text);`,
      prints: [
        'yes margin 0.41',
        'yes 0.93',
        'with orders_a_year = 2.5 instead it would be comes_back = no',
      ],
    },
  },
  regression: {
    file: days(),
    more: coupons(),
    commands: [
      {
        line: 'storewise train linear --input days.csv --target sold --out linear.onnx',
        prints: [
          'R2: 0.8721 (0.7883 to 0.9202). Always to say the mean, 178.66, would reach -0.0010.',
        ],
      },
      {
        line: 'storewise train logistic --input coupons.csv --target used --out logistic.onnx',
        prints: ['Accuracy: 0.7500 (0.6600 to 0.8300). Always to say "no" would reach 0.6900.'],
      },
    ],
    program: {
      code: `import { loadModel } from 'storewise';

const linear = await loadModel('/models/linear.onnx');
const day = await linear.explain({ degrees: 28, weekend: true, flyers: 100 });
console.log(Math.round(day.value), 'sold');
for (const { text, contribution } of day.contributions) {
  console.log(text, contribution.toFixed(1));
}

const logistic = await loadModel('/models/logistic.onnx');
const customer = { discount: 20, days_away: 12, bought_before: true };
const { probabilities } = await logistic.predict(customer);
console.log(probabilities.find(({ label }) => label === 'yes').probability.toFixed(2));`,
      prints: [
        '261 sold',
        'degrees = 28 raises it 62.2',
        'weekend = yes raises it 33.7',
        'flyers = 100 lowers it -13.2',
        '0.69',
      ],
    },
  },
  recommendation: {
    file: baskets(),
    commands: [
      {
        line: 'storewise train recommender --events baskets.csv --out baskets.onnx',
        prints: ['Learnt 22 items from 400 sessions.'],
      },
    ],
    program: {
      code: `import { loadModel } from 'storewise';

const model = await loadModel('/models/baskets.onnx');
for (const basket of [['pasta'], ['charcoal', 'rolls']]) {
  const next = model.rank(basket, { limit: 3 });
  console.log(basket.join(' + '), '->', next.map(({ id }) => id).join(', '));
}`,
      prints: ['pasta -> parmesan, wine, olive oil', 'charcoal + rolls -> salad, beer, sausages'],
    },
  },
  questions: {
    file: questions(),
    commands: [
      {
        line: 'storewise train classifier --input questions.csv --out-of-scope-label none --out questions.onnx',
        prints: [
          'Learnt 4 labels from 86 texts, 30 of them out of scope.',
          'Answers below 0.883 are rejected as out of scope.',
        ],
      },
    ],
    program: {
      code: `import { loadModel } from 'storewise';

const model = await loadModel('/models/questions.onnx');
for (const text of ['Is my parcel here yet?', 'Can you sing a song?']) {
  const { ranked, in_scope } = model.classify(text);
  console.log(text, in_scope ? ranked[0].label : 'I do not know');
}
const { pieces } = await model.explainText('Is my parcel here yet?');
pieces.sort((a, b) => b.contribution - a.contribution);
console.log(pieces.slice(0, 3).map(({ text }) => text).join(' '));`,
      prints: [
        'Is my parcel here yet? track',
        'Can you sing a song? I do not know',
        'parce <pa my>',
      ],
    },
  },
  lstm: {
    file: wishes(),
    commands: [
      {
        line: 'storewise train lstm --input wishes.csv --target wanted --embedding 16 --units 24 --learning-rate 0.01 --out lstm.onnx',
        prints: ['Accuracy: 1.0000 (1.0000 to 1.0000). Always to say "milk" would reach 0.2667.'],
      },
    ],
    program: {
      code: `import { loadModel, textWords } from 'storewise';

const model = await loadModel('/models/lstm.onnx');
for (const text of ['swap the tea for milk', 'swap the milk for tea']) {
  const words = textWords(text);
  const { label } = model.run({ words: { dims: [1, words.length], data: words } });
  console.log(text, '->', label.data[0]);
}`,
      prints: ['swap the tea for milk -> milk', 'swap the milk for tea -> tea'],
    },
  },
} as const satisfies Readonly<Record<string, Sample>>;
