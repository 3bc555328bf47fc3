import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Response } from 'express';
import { ANYBODY } from '../../access/identity';
import { Metrics } from '../../platform/metrics/metrics';
import { readSettings } from '../../settings/load-settings';
import { Capacity } from '../sessions/capacity';
import { EventStream } from './event-stream';
import { OpenStreams } from './open-streams';

const newStream = () =>
  new EventStream(new ServerResponse(new IncomingMessage(new Socket())) as Response, undefined, ANYBODY, 'epoch');

it('gives back the capacity of a stream once, however often it is removed', () => {
  const capacity = new Capacity(readSettings({ MAX_CONNECTIONS: '2' }));
  const streams = new OpenStreams(capacity, new Metrics());
  const [first, second, third] = [newStream(), newStream(), newStream()];
  streams.add(first);
  streams.add(second);
  expect(capacity.isFullFor(undefined)).toBe(true);
  streams.remove(first);
  streams.remove(first);
  expect([[...streams], capacity.isFullFor(undefined)]).toEqual([[second], false]);
  streams.add(third);
  expect(capacity.isFullFor(undefined)).toBe(true);
});
