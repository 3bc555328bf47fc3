import type { Message } from '../api.js';
import { MAX_HELD, MessageLog } from '../messages/message-log.js';
import { Scroller } from './scroller.js';

const message = (id: number): Message => ({ id, username: 'eva', text: '', time: id, isVerified: false });

describe('Scroller', () => {
  const { ResizeObserver } = globalThis;
  beforeAll(() => {
    globalThis.ResizeObserver = class {
      observe() {}
      unobserve() {}
      disconnect() {}
    };
  });
  afterAll(() => void (globalThis.ResizeObserver = ResizeObserver));

  it('holds a bounded number of messages however long a reader follows', () => {
    const log = new MessageLog();
    const source = { log, isLoading: false, hasFailed: false, load: () => Promise.resolve() };
    const scroller = new Scroller(source, { changed() {}, followed() {} });
    for (let id = 1; id <= MAX_HELD + 500; id++) {
      log.append(message(id));
      scroller.beforeDraw();
    }
    expect(log).toMatchObject({ size: MAX_HELD, isAtEnd: true });
    expect(scroller.messages.at(-1)?.id).toBe(MAX_HELD + 500);
  });
});
