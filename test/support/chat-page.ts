// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core';
import { until } from './until';

/** Parts of the page at `/`; locators reach into the element. */
export const log = (page: Page): Locator => page.getByRole('log');
export const state = (page: Page): Locator => page.locator('.state');
export const connected = (page: Page): Promise<void> => page.locator('.state[data-state=live]').waitFor();
export const gate = (page: Page): Locator => page.locator('#gate');
export const dialog = (page: Page): Locator => page.getByRole('dialog');
/** The message field; exists once the visitor has a name. */
export const box = (page: Page): Locator => page.locator('chat-room #text');
export const nameField = (page: Page): Locator => page.getByLabel(/^(Wie heißt du\?|What is your name\?)$/);
export const message = (page: Page, text: string): Locator => log(page).locator('[data-id]', { hasText: text });
/** Texts of the messages in the document, pending ones included. */
export const texts = (page: Page): Promise<string[]> => log(page).locator('.text').allTextContents();
export const shown = (page: Page, text: string): Promise<void> =>
  log(page).locator('.text').getByText(text, { exact: true }).waitFor();
export const pending = (page: Page): Locator => log(page).locator('.waiting');

/** Own messages that the server has stored. */
export const own = (page: Page, text: string): Locator => log(page).locator('.own[data-id]', { hasText: text });

export async function join(page: Page, name: string): Promise<void> {
  await nameField(page).fill(name);
  await nameField(page).press('Enter');
  await box(page).waitFor();
}

export async function write(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await box(page).press('Enter');
}

export async function say(page: Page, text: string): Promise<void> {
  await write(page, text);
  await own(page, text).waitFor();
}

export async function act(page: Page, text: string, name: string | RegExp): Promise<void> {
  await message(page, text).hover();
  await message(page, text).getByRole('button', { name, exact: true }).click();
}

/** The focused element, in nested shadow trees too: its id, part or class. */
export const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    let found = document.activeElement;
    while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
    return found?.id || found?.getAttribute('part') || found?.className;
  });

/** All messages, collected while scrolling back to the first: the element keeps only some of them in the document. */
export async function everything(page: Page): Promise<{ id: number; text: string }[]> {
  const seen = new Map<number, string>();
  await log(page).hover();
  await until(async () => {
    const rows = await log(page)
      .locator('[data-id]')
      .evaluateAll((found) =>
        found.map((row) => [Number((row as HTMLElement).dataset.id), row.querySelector('.text')!.textContent] as const),
      );
    for (const [id, text] of rows) seen.set(id, text);
    await page.mouse.wheel(0, -1_500);
    return seen.has(1);
  });
  return [...seen].sort(([a], [b]) => a - b).map(([id, text]) => ({ id, text }));
}
