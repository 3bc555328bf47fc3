import { inMemorySession } from '../../../test/support/in-memory-session';
import { settled } from '../../../test/support/manual-clock';
import { encodeFrames } from '../protocol/wire';

const PING = 9;

describe('a write', () => {
  it('follows the bytes held for it: presence, then acknowledgements', () => {
    const { session, stream } = inMemorySession();
    session.connection.hold('{"ack":1}');
    session.connection.putAhead(encodeFrames(['{"joined":1}']));
    session.connection.hold('{"ack":2}');
    session.connection.putAhead(encodeFrames(['{"joined":2}']));
    expect(stream.frames()).toEqual([]);
    session.connection.write(encodeFrames(['{"message":1}']));
    session.connection.write(encodeFrames(['{"message":2}']));
    const order = [{ joined: 1 }, { joined: 2 }, { ack: 1 }, { ack: 2 }, { message: 1 }, { message: 2 }];
    expect(stream.frames()).toEqual(order);
  });

  it('flushes held frames when no message follows', () => {
    const { session, stream } = inMemorySession();
    session.connection.flush();
    expect(stream.frames()).toEqual([]);
    session.connection.hold('{"ack":1}');
    session.connection.flush();
    expect(stream.frames()).toEqual([{ ack: 1 }]);
  });

  it('does nothing after the end', () => {
    const { session, stream } = inMemorySession();
    session.connection.cutOff();
    session.send('{"late":true}');
    expect(stream.frames()).toEqual([]);
  });
});

describe('a client that does not read', () => {
  const long = JSON.stringify({ text: 'x'.repeat(60_000) });

  it('is not read from while more than 64 KiB of its own answers are unsent', async () => {
    const { session, stream, socket } = inMemorySession();
    stream.isStalled = true;
    session.send(long);
    expect(socket.isPaused).toBe(false);
    session.send(long);
    expect(socket.isPaused).toBe(true);
    stream.isStalled = false;
    stream.takeOne();
    await settled();
    expect([session.connection.unsent, socket.isPaused]).toEqual([0, false]);
  });

  it('makes progress with each chunk flushed while others wait', () => {
    const { connection } = inMemorySession().session;
    expect(connection.hasProgressed()).toBe(false);
    connection.send('{}');
    // Without a backlog a flush proves nothing: the kernel also buffers for a client that has vanished.
    expect(connection.hasProgressed()).toBe(false);
  });

  it('gets no pings, which could not reach it, but they count as unanswered', () => {
    const { session, stream } = inMemorySession();
    session.connection.ping();
    expect([stream.opcodes(), session.connection.missedPings]).toEqual([[PING], 1]);
    stream.isStalled = true;
    session.send(long, long);
    expect(session.connection.isHeldUp).toBe(true);
    session.connection.ping();
    expect([stream.opcodes(), session.connection.missedPings]).toEqual([[PING], 2]);
  });
});

it('any frame is a sign of life while the connection is open', () => {
  const { connection } = inMemorySession().session;
  connection.ping();
  expect(connection.receive(10)).toBe(true);
  expect(connection.missedPings).toBe(0);
  connection.ping();
  connection.cutOff();
  expect(connection.receive(10)).toBe(false);
  expect(connection.missedPings).toBe(1);
});
