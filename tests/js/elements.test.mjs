// The custom elements in Chromium, from dist/ as it is shipped: what they show before, with and without
// a shop, that a shop's texts stay texts, keyboard and focus, and that nothing jumps.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from '@playwright/test';
import { serve } from './support/server.mjs';
import { kHostileName, shopFiles, shopFolder } from './support/shop.mjs';
import { classifierModel } from './support/train.mjs';

const kHead = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width">
<script type="importmap">{"imports":{
  "lit":"/node_modules/lit/index.js","lit/":"/node_modules/lit/",
  "lit-html":"/node_modules/lit-html/lit-html.js","lit-html/":"/node_modules/lit-html/",
  "lit-element/":"/node_modules/lit-element/",
  "@lit/reactive-element":"/node_modules/@lit/reactive-element/reactive-element.js",
  "@lit/reactive-element/":"/node_modules/@lit/reactive-element/"}}</script>
<script>
  window.events = []; window.shifts = 0;
  for (const name of ['select', 'add', 'answer', 'handoff', 'consent', 'erase', 'ready', 'error'])
    addEventListener('storewise-' + name, (event) => window.events.push(event));
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifts += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
</script>
<script type="module" src="/dist/elements/define.js"></script></head><body><main><h1>Shop</h1>`;

const folder = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

let browser;
let server;
let page;
let context;
const routes = shopFolder(shopFiles({ classifier: await classifierModel() }));

before(async () => {
  server = await serve(routes, { dist: folder('dist'), node_modules: folder('node_modules') });
  browser = await chromium.launch({
    executablePath: process.env.STOREWISE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
});
after(async () => {
  await browser?.close();
  await server?.close();
});
afterEach(() => context?.close());

/** Opens a page with `body` inside <storewise-shop>; waits until the shop is there unless told. */
async function open(
  body,
  { attributes = '', ready = true, size = { width: 1000, height: 800 } } = {},
) {
  routes.set(
    'page.html',
    `${kHead}<storewise-shop src="/shop.json" ${attributes}>${body}</storewise-shop></main></body></html>`,
  );
  context = await browser.newContext({ viewport: size });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${server.url}page.html`);
  if (ready)
    await page.waitForFunction(() => window.events.some(({ type }) => type === 'storewise-ready'));
  return faults;
}
const visit = (body, argument) =>
  page.evaluate(
    ([code, value]) => {
      const { visit: current } = document.querySelector('storewise-shop');
      return new Function('visit', 'value', `return ${code}`)(current, value);
    },
    [body, argument],
  );
const events = (type, ...fields) =>
  page.evaluate(
    ([name, wanted]) =>
      window.events
        .filter((event) => event.type === name)
        .map((event) => wanted.map((field) => event[field])),
    [`storewise-${type}`, fields],
  );
const accessible = async () => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    [],
  );
};

describe('<storewise-recommendations>', () => {
  const names = () => page.locator('storewise-recommendations .name').allInnerTexts();

  test('shows its products with name, price and size, and becomes personal after a view', async () => {
    const faults = await open('<storewise-recommendations limit="4"></storewise-recommendations>');
    await page.getByRole('heading', { name: 'Popular now' }).waitFor();
    assert.deepEqual(await names(), ['Milk', 'Bread', 'Butter', 'Jam']);
    const card = page.getByRole('listitem').filter({ hasText: 'Milk' }).first();
    assert.match(await card.textContent(), /1 l[\s\S]*\$1\.99/);
    await visit("visit.view('milk')");
    await page.getByRole('heading', { name: 'Because you looked at Milk' }).waitFor();
    assert.deepEqual(await names(), ['Bread', 'Butter', 'Jam', 'Tea']);
    await accessible();
    assert.deepEqual(faults, []);
  });

  test('nothing jumps from the first paint to personal products', async () => {
    await open(
      '<storewise-recommendations limit="4"></storewise-recommendations><p id="below">below</p>',
      { ready: false },
    );
    await page.evaluate(() => customElements.whenDefined('storewise-recommendations'));
    await page.getByRole('heading', { name: 'Popular now' }).waitFor();
    const top = () => page.evaluate(() => document.querySelector('#below').offsetTop);
    const loaded = await top();
    await visit("visit.view('milk')");
    await page.getByRole('heading', { name: 'Because you looked at Milk' }).waitFor();
    assert.equal(await top(), loaded);
  });

  test('empty cards keep exactly the place of the full ones', async () => {
    let release;
    const held = new Promise((resolve) => {
      release = resolve;
    });
    const catalogue = routes.get('catalogue.json');
    routes.set('catalogue.json', async (_request, response) => {
      await held;
      response.end(catalogue);
    });
    try {
      const body =
        '<storewise-recommendations limit="4"></storewise-recommendations><p id="below">below</p>';
      await open(body, { ready: false });
      await page.locator('storewise-recommendations .skeleton').first().waitFor();
      const before = await page.evaluate(() => document.querySelector('#below').offsetTop);
      await page.evaluate(() => {
        window.shifts = 0;
      });
      release();
      await page.getByRole('heading', { name: 'Popular now' }).waitFor();
      await page.waitForTimeout(100);
      assert.equal(await page.evaluate(() => document.querySelector('#below').offsetTop), before);
      assert.equal(await page.evaluate(() => window.shifts), 0);
    } finally {
      routes.set('catalogue.json', catalogue);
    }
  });

  test('"Add" fills the basket and leaves the shelf as it stands', async () => {
    await open('<storewise-recommendations limit="4"></storewise-recommendations>');
    await page.getByRole('button', { name: 'Add Bread to the basket' }).click();
    await page.getByRole('button', { name: 'In the basket' }).waitFor();
    assert.deepEqual(await names(), ['Milk', 'Bread', 'Butter', 'Jam']);
    assert.deepEqual(await visit('visit.basket().items.map(({ id }) => id)'), ['bread']);
    assert.deepEqual(await events('add', 'id'), [['bread']]);
    await page.evaluate(() => document.querySelector('storewise-recommendations').refresh());
    await page.waitForFunction(
      () =>
        !document
          .querySelector('storewise-recommendations')
          .shadowRoot.textContent.includes('In the basket'),
    );
    assert.ok(!(await names()).includes('Bread'));
  });

  test('a cancelled event leaves the basket to the page', async () => {
    await open('<storewise-recommendations limit="4" href="#/p/{id}"></storewise-recommendations>');
    await page.evaluate(() =>
      ['add', 'select'].forEach((name) => {
        document.addEventListener(`storewise-${name}`, (event) => event.preventDefault());
      }),
    );
    await page.getByRole('button', { name: 'Add Milk to the basket' }).click();
    assert.equal(await visit('visit.size'), 0);
    await page.getByRole('link', { name: 'Butter' }).click();
    assert.deepEqual(await events('select', 'id', 'slotName'), [['butter', 'for-you']]);
    assert.equal(new URL(page.url()).hash, '');
  });

  test('"Why?" opens the real reason with its share; Escape closes it and keeps the focus', async () => {
    await open('<storewise-recommendations limit="3"></storewise-recommendations>');
    await visit("visit.view('milk')");
    await page.getByRole('heading', { name: 'Because you looked at Milk' }).waitFor();
    const summary = page.locator('summary').first();
    assert.equal(await summary.getAttribute('aria-label'), 'Why Bread?');
    await summary.focus();
    await page.keyboard.press('Enter');
    const reasons = page.locator('.reasons').first();
    assert.match(await reasons.textContent(), /You looked at Milk\s*100%/);
    await accessible();
    await page.keyboard.press('Escape');
    assert.equal(await reasons.isVisible(), false);
    const focused = () =>
      page.evaluate(() =>
        document.activeElement.shadowRoot.activeElement.getAttribute('aria-label'),
      );
    assert.equal(await focused(), 'Why Bread?');
  });

  test("a shop's texts stay texts", async () => {
    const faults = await open(
      '<storewise-recommendations limit="9" image="/img/{id}.svg" href="/p/{id}"></storewise-recommendations>',
    );
    await page.getByRole('heading', { name: 'Popular now' }).waitFor();
    assert.ok((await names()).includes(kHostileName));
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    const sources = await page
      .locator('storewise-recommendations img')
      .evaluateAll((all) => all.map((img) => img.getAttribute('src')));
    assert.ok(
      sources.includes('/img/hostile.svg') && sources.every((src) => src.startsWith('/img/')),
    );
    assert.deepEqual(faults, []);
  });

  test('light-DOM content shows while loading and when loading fails', async () => {
    const good = routes.get('shop.json');
    routes.set('shop.json', '<!doctype html>');
    try {
      await open(
        '<storewise-recommendations><a href="/all">All products</a></storewise-recommendations>',
        { ready: false },
      );
      assert.ok(await page.getByRole('link', { name: 'All products' }).isVisible());
      await page.waitForFunction(() =>
        window.events.some(({ type }) => type === 'storewise-error'),
      );
      assert.ok(await page.getByRole('link', { name: 'All products' }).isVisible());
      const message = await page.evaluate(() => window.events[0].error.message);
      assert.match(message, /got HTML/);
      routes.set('shop.json', good);
      await page.evaluate(() => document.querySelector('storewise-shop').load());
      await page.getByRole('heading', { name: 'Popular now' }).waitFor();
      assert.equal(await page.getByRole('link', { name: 'All products' }).isVisible(), false);
    } finally {
      routes.set('shop.json', good);
    }
  });

  test('speaks Chinese when the page does, and the words of the page', async () => {
    await open(
      '<div lang="zh-CN"><storewise-recommendations limit="2"></storewise-recommendations></div>',
    );
    await page.getByRole('heading', { name: '热门商品' }).waitFor();
    assert.deepEqual(await names(), ['牛奶', '面包']);
    await page.evaluate(() => {
      document.querySelector('storewise-recommendations').messages = { headingPopular: '本周热卖' };
    });
    await page.getByRole('heading', { name: '本周热卖' }).waitFor();
    await page.evaluate(() => {
      document.querySelector('storewise-shop').language = 'en';
    });
    await page.getByText('Milk', { exact: true }).waitFor();
  });

  test('draws pictures in the own way of the page', async () => {
    await open('<storewise-recommendations limit="2"></storewise-recommendations>');
    await page.evaluate(() => {
      document.querySelector('storewise-recommendations').picture = (product) => {
        const picture = document.createElement('canvas');
        picture.title = product.id;
        return picture;
      };
    });
    await page.locator('storewise-recommendations canvas[title=milk]').waitFor();
  });

  test('fits a phone without scrolling sideways', async () => {
    await open('<storewise-recommendations limit="9"></storewise-recommendations>', {
      size: { width: 360, height: 700 },
    });
    await page.getByRole('heading', { name: 'Popular now' }).waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  });

  test('takes a shop and a visit by property, without a provider', async () => {
    await open('');
    await page.evaluate(() => {
      const { shop, visit: current } = document.querySelector('storewise-shop');
      const shelf = document.createElement('storewise-recommendations');
      Object.assign(shelf, {
        shop,
        visit: current,
        limit: 2,
        slotName: 'popular',
        heading: 'Mine',
      });
      document.body.append(shelf);
    });
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
    assert.deepEqual(await names(), ['Milk', 'Bread']);
  });
});

describe('<storewise-offers>', () => {
  test('says what is missing, then what it saves', async () => {
    await open('<storewise-offers><p>All coupons</p></storewise-offers>');
    await visit("visit.addToCart('milk')");
    await page.getByText('One more piece for this offer').waitFor();
    await visit("visit.addToCart('bread')");
    await page.getByText('Saves $1.00 on your basket').waitFor();
    assert.equal(await page.getByText('All coupons').isVisible(), false);
    await page.getByRole('button', { name: 'Butter' }).click();
    assert.deepEqual(await events('select', 'id', 'slotName'), [['butter', 'offers']]);
    await accessible();
  });
});

describe('<storewise-help>', () => {
  const log = () => page.getByRole('log').textContent();
  const ask = async (text) => {
    await page.getByLabel('Your question').fill(text);
    await page.keyboard.press('Enter');
  };

  test('answers in a conversation, with the slots filled', async () => {
    await open('<storewise-help><a href="/contact">Contact</a></storewise-help>');
    await page.getByRole('button', { name: 'Where is my order?' }).waitFor();
    await page.evaluate(() => {
      document.querySelector('storewise-help').slots = { order_number: '10423' };
    });
    await accessible();
    await ask('<b>where is my order</b>');
    await page.getByText('Order 10423 is on its way.').waitFor();
    assert.match(await log(), /<b>where is my order<\/b>[\s\S]*Order 10423/);
    assert.equal(await page.locator('storewise-help b').count(), 0);
    assert.equal(await page.getByRole('link', { name: 'Contact' }).isVisible(), false);
    assert.deepEqual(await events('answer', 'question'), [['<b>where is my order</b>']]);
    assert.equal(await page.getByLabel('Your question').inputValue(), '');
    await accessible();
  });

  test('a chip asks, and the focus goes on at the input', async () => {
    await open('<storewise-help chips="2"></storewise-help>');
    assert.equal(await page.locator('[part=chip]').count(), 2);
    await page.getByRole('button', { name: 'What does delivery cost?' }).click();
    await page.getByText('Delivery costs 4.90.').waitFor();
    const focused = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.id);
    assert.equal(await focused(), 'question');
  });

  test('lost, it says so and hands over with the transcript', async () => {
    await open('<storewise-help><a slot="handoff" href="tel:1">Call us</a></storewise-help>');
    await page.getByLabel('Your question').waitFor();
    await ask('!!! <?>');
    await page.getByText('I don’t know that one.').waitFor();
    assert.ok(await page.getByRole('link', { name: 'Call us' }).isVisible());
    await page.getByRole('button', { name: 'Ask a person' }).click();
    await page.getByRole('button', { name: 'Your question was passed on.' }).waitFor();
    const transcript = await page.evaluate(
      () => window.events.find(({ type }) => type === 'storewise-handoff').transcript,
    );
    assert.deepEqual(transcript, [
      { from: 'visitor', text: '!!! <?>' },
      { from: 'shop', text: 'I don’t know that one.' },
    ]);
  });

  test('as a panel it opens over the page; Escape closes it and the focus returns', async () => {
    await open('<storewise-help panel></storewise-help>');
    const launcher = page.getByRole('button', { name: 'Help', exact: true });
    await launcher.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await accessible();
    await ask('where is my order');
    await page.getByText(/is on its way/).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const part = await page.evaluate(
      () => document.activeElement.shadowRoot?.activeElement?.part.value,
    );
    assert.equal(part, 'launcher');
    await page.keyboard.press('Enter');
    await page.getByText(/is on its way/).waitFor();
    await page.getByRole('button', { name: 'Close help' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('a panel opens again before the browser tells that it closed', async () => {
    await open('<storewise-help panel></storewise-help>');
    await page.getByRole('button', { name: 'Help', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await page.evaluate(async () => {
      const root = document.querySelector('storewise-help').shadowRoot;
      const dialog = root.querySelector('dialog');
      const told = new Promise((resolve) => dialog.addEventListener('close', resolve));
      dialog.close();
      root.querySelector('[part=launcher]').click();
      await told;
    });
    await page.getByRole('dialog').waitFor();
    await page.getByRole('button', { name: 'Close help' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('has one live region', async () => {
    await open('<storewise-help></storewise-help>');
    await page.getByRole('log').waitFor();
    assert.equal(
      await page.locator('[aria-live], [role=log], [role=status], [role=alert]').count(),
      1,
    );
  });
});

describe('<storewise-privacy>', () => {
  test('tells what is remembered, keeps it on consent, and forgets it', async () => {
    await open('<storewise-privacy></storewise-privacy>', { attributes: 'storage="session"' });
    await page.getByText('Nothing is remembered.').waitFor();
    await visit("visit.view('milk')");
    await visit("visit.addToCart('tea')");
    await page.getByText('Products looked at: 1').waitFor();
    await page.getByText('It is forgotten when you close this tab.').waitFor();
    await accessible();
    await page.getByLabel('Keep it on this device for my next visit').check();
    await page.getByText('It is kept on this device until you remove it.').waitFor();
    const stored = () => page.evaluate(() => [localStorage.length, sessionStorage.length]);
    assert.deepEqual(await stored(), [1, 0]);
    assert.deepEqual(await events('consent', 'consent'), [[true]]);
    await page.getByRole('button', { name: 'Forget it all' }).click();
    await page.getByText('Forget everything, the basket too?').waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await visit('visit.size'), 2, 'the safe choice has the focus');
    await page.getByRole('button', { name: 'Forget it all' }).click();
    await page.getByRole('button', { name: 'Yes, forget' }).click();
    await page.getByText('Everything is forgotten.').waitFor();
    assert.equal(await visit('visit.size'), 0);
    assert.deepEqual(await stored(), [0, 0]);
    assert.equal((await events('erase')).length, 1);
  });

  test('saves a copy that can be read back', async () => {
    await open('<storewise-privacy></storewise-privacy>');
    await visit("visit.view('milk')");
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save a copy' }).click();
    const chunks = [];
    for await (const chunk of await (await download).createReadStream()) chunks.push(chunk);
    const copy = JSON.parse(Buffer.concat(chunks).toString());
    assert.deepEqual(copy, await visit('visit.export()'));
  });

  test('lists every event in words', async () => {
    await open('<storewise-privacy language="zh"></storewise-privacy>');
    await visit("visit.addToCart('milk', { quantity: 3 })");
    await page.getByText('显示全部记录').click();
    await page.getByText(/将 牛奶 加入购物车（3 件）/).waitFor();
    await visit("visit.page('account')");
    await page.getByText(/打开了账户页面/).waitFor();
  });
});

describe('<storewise-shop>', () => {
  test('asks for each file once, and for nothing after that', async () => {
    await open(
      '<storewise-recommendations></storewise-recommendations><storewise-offers></storewise-offers><storewise-help></storewise-help>',
    );
    await page.getByRole('heading', { name: 'Popular now' }).waitFor();
    const requests = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
    );
    for (const path of routes.keys()) {
      if (path !== 'page.html') {
        assert.equal(requests.filter((name) => name === `/${path}`).length, 1, path);
      }
    }
    assert.equal(requests.filter((name) => name === '/dist/storewise.wasm').length, 1);
    const before = server.requests.length;
    await visit("visit.view('milk')");
    await page.getByRole('button', { name: 'Where is my order?' }).click();
    await page.getByText(/is on its way/).waitFor();
    assert.equal(server.requests.length, before);
  });

  test('keeps its shop when it is moved, and lets it go when it is removed', async () => {
    await open('<storewise-recommendations limit="2"></storewise-recommendations>');
    await page.evaluate(async () => {
      const provider = document.querySelector('storewise-shop');
      window.kept = provider.shop;
      const aside = document.createElement('aside');
      document.body.append(aside);
      aside.append(provider);
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    assert.equal(
      await page.evaluate(() => window.kept === document.querySelector('storewise-shop').shop),
      true,
    );
    await page.getByRole('heading', { name: 'Popular now' }).waitFor();
    const message = await page.evaluate(async () => {
      document.querySelector('storewise-shop').remove();
      await new Promise((resolve) => setTimeout(resolve, 20));
      try {
        return window.kept.name;
      } catch (error) {
        return error.code;
      }
    });
    assert.equal(message, 'disposed');
  });
});
