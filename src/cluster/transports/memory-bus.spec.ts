import { MemoryBus } from './memory-bus';

it('delivers by a direct call, to the subscribers of the topic, in order of subscription', () => {
  const bus = new MemoryBus();
  const received: unknown[] = [];
  bus.subscribe('topic', (payload, from) => void received.push(['first', payload, from]));
  bus.subscribe('topic', (payload, from) => void received.push(['second', payload, from]));
  bus.subscribe('another', () => void received.push('another'));
  const payload = { text: 'x' };
  bus.publish('topic', payload);
  expect(received).toEqual([
    ['first', payload, undefined],
    ['second', payload, undefined],
  ]);
  expect((received[0] as unknown[])[1]).toBe(payload);
  expect(bus).toMatchObject({ isShared: false, isConnected: true });
});
