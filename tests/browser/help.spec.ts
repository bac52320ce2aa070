// The help panel, without a network.

import { ask, expect, test, textOf } from './fixtures.js';

test('a question in English is answered with the order number filled in', async ({ shop }) => {
  const { page } = shop;
  const answer = await ask(page, 'where is my order?');
  await expect(answer).toHaveAttribute('data-kind', 'answer');
  await expect(answer).toHaveAttribute('data-intent', 'order-track');
  await expect(answer).toContainText('GF-20417');
  await expect(answer).not.toContainText('{');
});

test('a question in Chinese is answered in Chinese with the order number filled in', async ({
  shop,
}) => {
  const { page } = shop;
  await page.getByRole('button', { name: '切换到中文' }).click();
  const answer = await ask(page, '我的订单现在到哪里了');
  await expect(answer).toHaveAttribute('data-kind', 'answer');
  await expect(answer).toHaveAttribute('data-intent', 'order-track');
  await expect(answer).toContainText('GF-20417');
  await expect(answer).toContainText(/[\u4e00-\u9fff]{6}/);
  await expect(answer).not.toContainText('{');
});

test('the order number in the answers is that of the last pretend purchase', async ({ shop }) => {
  const { page } = shop;
  await page.locator('.card .add').first().click();
  await shop.go('/basket');
  await page.locator('.sum .primary').click();
  const order = (await textOf(page.locator('main'))).match(/GF-\d{5}/)?.[0] ?? 'no order';
  const answer = await ask(page, 'where is my order?');
  await expect(answer).toContainText(order);
});

test('off-topic questions are not answered but handed over, with phone and e-mail', async ({
  shop,
}) => {
  let handed = 0;
  for (const question of [
    'who won the chess world championship in 1972',
    'write me a poem about the sea',
    'is it going to rain tomorrow',
    'what is the capital of Mongolia',
  ]) {
    const answer = await ask(shop.page, question);
    await expect(answer).not.toHaveAttribute('data-kind', 'answer');
    if ((await answer.getAttribute('data-kind')) !== 'handoff') continue;
    handed++;
    await expect(answer).toContainText('I don’t know that one.');
    await expect(answer.locator('a[href^="tel:"]')).toBeVisible();
    await expect(answer.locator('a[href^="mailto:"]')).toBeVisible();
  }
  expect(handed).toBeGreaterThanOrEqual(2);
});

test('an ambiguous question gives up to three choices, and a click answers', async ({ shop }) => {
  const { page } = shop;
  // Which of these single words is ambiguous enough is for the model to say.
  let answer = await ask(page, 'time');
  for (const word of ['box', 'problem', 'order', 'account', 'card', 'coupon', 'delivery']) {
    if ((await answer.getAttribute('data-kind')) === 'clarify') break;
    answer = await ask(page, word);
  }
  await expect(answer).toHaveAttribute('data-kind', 'clarify');
  const choices = answer.locator('[data-choice]');
  const count = await choices.count();
  expect(count).toBeGreaterThanOrEqual(2);
  expect(count).toBeLessThanOrEqual(3);
  const intent = (await choices.nth(1).getAttribute('data-choice')) ?? '';
  await choices.nth(1).click();
  const last = page.locator('#help .messages > .shop').last();
  await expect(last).toHaveAttribute('data-kind', 'answer');
  await expect(last).toHaveAttribute('data-intent', intent);
});

test('the chips with the commonest questions answer at a click', async ({ shop }) => {
  const { page } = shop;
  await page.locator('header .help-tool').click();
  const chips = page.locator('#help [data-intent].chip');
  await expect(chips).toHaveCount(6);
  const intent = (await chips.nth(2).getAttribute('data-intent')) ?? '';
  await chips.nth(2).click();
  await expect(page.locator('#help .messages > .shop')).toHaveAttribute('data-intent', intent);
  await expect(page.locator('#help [role=log]')).toHaveAttribute('aria-live', 'polite');
});

test('Esc closes the panel and gives the focus back; the conversation is still there later', async ({
  shop,
}) => {
  const { page } = shop;
  const opener = page.locator('header .help-tool');
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#help-question')).toBeFocused();
  await page.keyboard.type('what does delivery cost');
  await page.keyboard.press('Enter');
  await expect(page.locator('#help .messages > .shop')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog#help')).toBeHidden();
  await expect(opener).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#help .messages > .shop')).toHaveCount(1);
});

test('what a customer types is shown as text, never as markup', async ({ shop }) => {
  const { page } = shop;
  await ask(page, '<img src=x onerror="document.title=1"><b>where is my order</b>');
  await expect(page.locator('#help .you').last()).toContainText('<img src=x');
  await expect(page.locator('#help .you img, #help .you b')).toHaveCount(0);
});
