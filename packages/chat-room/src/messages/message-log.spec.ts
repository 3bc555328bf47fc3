import type { Message } from '../api.js';
import { MessageLog } from './message-log.js';

const message = (id: number, text = ''): Message => ({ id, username: 'eva', text, time: id, isVerified: false });
const messages = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
const ids = (log: MessageLog) => log.slice({ from: 1, to: 1e9 }).map(({ id }) => id);

describe('MessageLog', () => {
  const log = new MessageLog();
  beforeEach(() => log.clear());

  it('begins wherever the chat is, and takes each message once', () => {
    for (const id of [50, 51, 51, 50, 52]) log.append(message(id));
    expect(ids(log)).toEqual([50, 51, 52]);
    expect(log).toMatchObject({ newest: 52, isAtEnd: true, hasOlder: true });
  });

  it('takes pages in front that join, and none that would leave a gap', () => {
    log.append(message(50));
    log.merge(messages(30, 48));
    expect(ids(log)).toEqual([50]);
    log.merge(messages(40, 50));
    expect(ids(log)).toEqual(messages(40, 50).map(({ id }) => id));
    log.merge(messages(1, 39));
    expect(log).toMatchObject({ size: 50, hasOlder: false });
  });

  it('replaces the state of a message in its place', () => {
    log.merge(messages(3, 6));
    log.replace(message(4, 'neu'));
    log.replace(message(90, 'nicht da'));
    expect(log.find(4)?.text).toBe('neu');
    expect(ids(log)).toEqual([3, 4, 5, 6]);
  });

  it('is bounded: it drops what is far from the reader, and takes it again on the way back', () => {
    log.merge(messages(1, 10_000));
    log.trim({ from: 100, to: 250 });
    expect(log).toMatchObject({ size: 6_000, newest: 10_000, isAtEnd: false });
    expect(log.first?.id).toBe(1);
    log.append(message(10_001));
    expect(log).toMatchObject({ size: 6_000, newest: 10_001 });
    log.merge(messages(5_990, 6_090));
    expect(log.last?.id).toBe(6_090);
    log.trim({ from: 6_000, to: 6_090 });
    expect(log).toMatchObject({ size: 6_000 });
    expect(log.last?.id).toBe(6_090);
  });

  it('drops what is void, and begins anew behind a gap', () => {
    log.merge(messages(1, 10));
    log.cut(7);
    expect(log).toMatchObject({ newest: 7, isAtEnd: true });
    log.append(message(20));
    expect(ids(log)).toEqual([20]);
  });
});
