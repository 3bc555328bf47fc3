import type { Request } from 'express';
import { ANYBODY, type Identity } from '../access/identity';
import { AddressBudgets } from '../limits/address-budgets';
import { SenderRates } from '../limits/sender-rates';
import type { AppError } from '../platform/errors/app-error';
import type { HttpOptions } from '../platform/http/http-options';
import { StoppedClock } from '../platform/lifecycle/stopped-clock';
import { Metrics } from '../platform/metrics/metrics';
import { readSettings } from '../settings/load-settings';
import { WriteRates } from './write-rates';

const clock = new StoppedClock();

function newRates(): WriteRates {
  const settings = readSettings({
    ...{ DATABASE_URL: 'sqlite:x', LIMITS: 'off' },
    ...{ MESSAGE_RATE: '1', MESSAGE_BURST: '2', MESSAGE_RATE_PER_IP: '1' },
  });
  const metrics = new Metrics();
  const options = { clientAddress: ({ socket }) => socket.remoteAddress } as HttpOptions;
  const budgets = new AddressBudgets(settings, clock, metrics);
  return new WriteRates(settings, budgets, new SenderRates(settings, clock), options, clock, metrics);
}

function from(remoteAddress: string): Request {
  return { socket: { remoteAddress }, headers: {} } as unknown as Request;
}

const author = (authorId: number): Identity => ({ ...ANYBODY, kind: 'author', authorId });

function charge(rates: WriteRates, address: string, identity: Identity, name: string): string {
  try {
    rates.charge(from(address), identity, name);
    return 'ok';
  } catch (error) {
    return (error as AppError).message;
  }
}

it('charges an author from wherever it writes', () => {
  const rates = newRates();
  const from = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
  expect(from.map((address) => charge(rates, address, author(1), 'max'))).toEqual(['ok', 'ok', 'message_rate']);
  expect(charge(rates, '10.0.0.1', author(2), 'eva')).toBe('ok');
  clock.at += 1_000;
  expect(charge(rates, '10.0.0.1', author(1), 'max')).toBe('ok');
});

it('charges a name by itself at each address: nobody can use up the rate of another', () => {
  const rates = newRates();
  for (const expected of ['ok', 'ok', 'message_rate']) expect(charge(rates, '10.0.0.1', ANYBODY, 'max')).toBe(expected);
  expect(charge(rates, '10.0.0.2', ANYBODY, 'max')).toBe('ok');
});

it('charges an address whatever the names', () => {
  const rates = newRates();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(names.map((name) => charge(rates, '10.0.0.1', ANYBODY, name)).at(-1)).toBe('message_rate_of_address');
});
