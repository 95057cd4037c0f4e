import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BROWSER, call, signIn } from '../integration/client.ts';
import { startTestService, type TestService } from '../integration/test-service.ts';

let browser: Browser;
let service: TestService;
let demo: { referrer: string; password: string };

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  service = await startTestService();
  demo = JSON.parse(await readFile(join(service.directory, '.local', 'demo.json'), 'utf8'));
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

async function fill(page: Page, form: string, fields: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`#${form} [name=${name}]`).fill(value);
  }
  await page.locator(`#${form} button[type=submit]`).click();
}

/** Awaits that an element has a text. */
const shows = (page: Page, id: string, text: string) =>
  page.locator(`#${id}`).filter({ hasText: text }).waitFor();

test('whoever opens the printed link walks through the main job by clicking, and the referrer sees it', async () => {
  const { outputs } = service;
  const { idToken } = await signIn(outputs, demo.referrer, demo.password);
  const { body: link } = await call(outputs, 'GET /me/referral', { token: idToken });
  const context = await browser.newContext({ userAgent: BROWSER });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });

  await page.goto(link.url);
  await shows(page, 'invited', `You were invited by the owner of ${link.code}.`);
  await page.getByRole('button', { name: 'View pricing' }).click();
  await shows(
    page,
    'recorded',
    `Recorded as VIEWED_PRICING, and credited to the link ${link.code}.`,
  );
  const account = { email: 'edsger@example.com', password: 'Demo-password-2' };
  await fill(page, 'sign-up', account);
  await fill(page, 'confirm', { code: '123456' });
  await page.getByRole('heading', { name: 'Your link' }).waitFor();
  const mine = await page.locator('#link').inputValue();
  expect(mine).toMatch(new RegExp(`^${outputs.ApiUrl}/r/\\w+$`));
  expect(mine).not.toBe(link.url);

  await page.reload();
  await shows(page, 'who', 'edsger@example.com');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'I have an account' }).click();
  await fill(page, 'sign-in', { email: demo.referrer, password: demo.password });
  await shows(page, 'who', demo.referrer);
  await shows(page, 'clicks', '2');
  expect(await page.locator('#responses li').evaluateAll((items) => items.length)).toBe(6);
  const actions = await page.locator('#responses li').allInnerTexts();
  expect(actions.map((text) => text.split(/\n/)[0]).slice(0, 3)).toEqual([
    'Signed up',
    'VIEWED_PRICING',
    'Clicked on referral link',
  ]);
  expect(problems).toEqual([]);
  await context.close();
});

test('a user whose token has expired is asked to sign in again', async () => {
  const context = await browser.newContext({ userAgent: BROWSER });
  const page = await context.newPage();
  await page.goto(service.outputs.ApiUrl);
  await page.evaluate(() => sessionStorage.setItem('token', 'expired'));
  await page.reload();
  await expect.poll(() => page.evaluate(() => sessionStorage.getItem('token'))).toBeNull();
  await page.getByRole('heading', { name: 'Sign up' }).waitFor();
  await context.close();
});

test('a wrong code is said, and the next try goes on', async () => {
  const context = await browser.newContext({ userAgent: BROWSER });
  const page = await context.newPage();
  await page.goto(service.outputs.ApiUrl);
  await fill(page, 'sign-up', { email: 'barbara@example.com', password: 'Demo-password-2' });
  await fill(page, 'confirm', { code: '654321' });
  await page.locator('#problem:not(:empty)').waitFor();
  await fill(page, 'confirm', { code: '123456' });
  await page.getByRole('heading', { name: 'Your link' }).waitFor();
  await shows(page, 'nothing', 'Nothing yet. Share your link.');
  await context.close();
});
