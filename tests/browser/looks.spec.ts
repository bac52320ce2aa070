// Pictures of every page at phone and desk width, for whoever wants to look: tests/browser/results/.
// They fail only when a page does not come up.

import path from 'node:path';
import { ask, expect, idsOn, openShop, results, test } from './fixtures.js';

for (const [width, height] of [
  [360, 740],
  [1280, 800],
] as const) {
  for (const [language, theme] of [
    ['en-US', 'light'],
    ['zh-CN', 'dark'],
  ] as const) {
    test.describe(() => {
      test.use({
        locale: language,
        colorScheme: theme,
        viewport: { width, height },
        contextOptions: { reducedMotion: 'reduce' },
      });

      test(`pictures at ${width} px, ${language}, ${theme}`, async ({ page, server }) => {
        const shop = await openShop(page, server.url);
        const keep = async (name: string, fullPage = true) => {
          const file = `${name}-${width}-${language.slice(0, 2)}-${theme}.png`;
          await page.evaluate(() => scrollTo(0, 0));
          await expect(page.locator('.picture.waiting')).toHaveCount(0);
          await page.screenshot({ path: path.join(results, file), fullPage });
        };
        await expect(page.locator('html')).toHaveAttribute('data-search', 'ready');
        await keep('home');
        const ids = await idsOn(page, 'for-you');
        for (const id of ids.slice(0, 2)) {
          await shop.go(`/product/${id}`);
          await page.locator('.buy .primary').click();
        }
        await page.locator('.why').first().click();
        await keep('product');
        for (const [name, route] of [
          ['home-known', '/'],
          ['department', '/department/pantry'],
          ['search', '/search?q=tomatoe'],
          ['basket', '/basket'],
          ['data', '/your-data'],
        ] as const) {
          await shop.go(route);
          await keep(name);
        }
        await ask(page, language === 'zh-CN' ? '送货要多少钱' : 'how much is delivery');
        await keep('help', false);
        await page.keyboard.press('Escape');
        await page.locator('.hood-line').click();
        await keep('hood', false);
      });
    });
  }
}
