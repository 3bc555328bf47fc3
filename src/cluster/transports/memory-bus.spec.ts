import { MemoryBus } from './memory-bus';

it('delivers by a direct call, to the subscribers of the topic, in order of subscription', () => {
  const bus = new MemoryBus();
  const heard: unknown[] = [];
  bus.subscribe('topic', (payload, from) => void heard.push(['first', payload, from]));
  bus.subscribe('topic', (payload, from) => void heard.push(['second', payload, from]));
  bus.subscribe('another', () => void heard.push('another'));
  const payload = { text: 'x' };
  bus.publish('topic', payload);
  expect(heard).toEqual([
    ['first', payload, undefined],
    ['second', payload, undefined],
  ]);
  expect((heard[0] as unknown[])[1]).toBe(payload);
  expect(bus).toMatchObject({ isShared: false, isConnected: true });
});
