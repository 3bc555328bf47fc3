// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import type { Browser, JSHandle, Page } from 'playwright-core';
import { Visitor } from './browser';
import { box, connected, join } from './chat-page';

/** What the page had and displayed at one moment; times in epoch milliseconds. */
interface Sample {
  readonly at: number;
  /** The displayed state. */
  readonly state: string;
  readonly completeUpTo: number | undefined;
  readonly lastId: number | undefined;
}

interface Room extends HTMLElement {
  readonly client?: { getSnapshot(): { completeUpTo?: number; lastId?: number } };
}

/** Gives the user of a page this name. */
export type SignIn = (page: Page, name: string) => Promise<void>;

/** A chatting browser that records the state of its page every 25 ms. */
export class Witness {
  private constructor(
    private readonly visitor: Visitor,
    readonly name: string,
    private readonly record: JSHandle<Sample[]>,
  ) {}

  static async open(browser: Browser, url: string, name: string, signIn: SignIn = join): Promise<Witness> {
    const visitor = await Visitor.open(browser, url);
    await connected(visitor.page);
    await signIn(visitor.page, name);
    await connected(visitor.page);
    const record = await visitor.page.evaluateHandle(() => {
      const samples: Sample[] = [];
      const room = document.querySelector<Room>('chat-room')!;
      setInterval(() => {
        const { completeUpTo, lastId } = room.client!.getSnapshot();
        const state = room.shadowRoot!.querySelector<HTMLElement>('.state')!.dataset.state!;
        samples.push({ at: Date.now(), state, completeUpTo, lastId });
      }, 25);
      return samples;
    });
    return new Witness(visitor, name, record);
  }

  get page(): Page {
    return this.visitor.page;
  }

  async write(text: string): Promise<void> {
    await box(this.page).fill(text);
    await box(this.page).press('Enter');
  }

  samples(): Promise<Sample[]> {
    return this.record.jsonValue();
  }

  close(): Promise<void> {
    return this.visitor.close();
  }
}

/**
 * False claims of completeness. A message that one page had at some moment was stored earlier: a page that claims to be complete
 * up to a later moment must have it.
 */
export async function falseClaims(...witnesses: readonly Witness[]): Promise<string[]> {
  const records = await Promise.all(witnesses.map((witness) => witness.samples()));
  const had = records.flat().filter(({ lastId }) => lastId !== undefined);
  had.sort((a, b) => a.at - b.at);
  let newest = 0;
  const known = had.map(({ at, lastId }) => ({ at, id: (newest = Math.max(newest, lastId!)) }));
  return records.flatMap((samples, i) =>
    samples.flatMap(({ at, state, completeUpTo = 0, lastId = 0 }) => {
      const least = known.findLast((one) => one.at < completeUpTo)?.id ?? 0;
      return lastId < least
        ? [`${witnesses[i]!.name}, ${state} at ${at}: has ${lastId}, complete would be ${least}`]
        : [];
    }),
  );
}
