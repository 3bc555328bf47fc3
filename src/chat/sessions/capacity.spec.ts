import { AddressBudget, type Allowances } from '../../limits/address-budget';
import { readSettings } from '../../settings/load-settings';
import { Capacity } from './capacity';

const UNLIMITED = {} as Allowances;
const address = () => new AddressBudget(UNLIMITED, 0);
const capacity = (all: number, each: number) =>
  new Capacity(readSettings({ MAX_CONNECTIONS: String(all), MAX_CONNECTIONS_PER_IP: String(each) }));

it('is full with MAX_CONNECTIONS, until one is released', () => {
  const places = capacity(2, 0);
  for (let i = 0; i < 2; i++) {
    expect(places.isFullFor(undefined)).toBe(false);
    places.acquire(undefined);
  }
  expect(places.isFullFor(undefined)).toBe(true);
  places.release(undefined);
  expect(places.isFullFor(undefined)).toBe(false);
});

it('is full for an address with MAX_CONNECTIONS_PER_IP, but not for others', () => {
  const places = capacity(0, 2);
  const [busy, other] = [address(), address()];
  for (let i = 0; i < 2; i++) places.acquire(busy);
  expect([places.isFullFor(busy), places.isFullFor(other)]).toEqual([true, false]);
  places.release(busy);
  expect(places.isFullFor(busy)).toBe(false);
});

it('reserves a tenth of all connections for addresses with few', () => {
  const places = capacity(100, 50);
  const busy = Array.from({ length: 3 }, address);
  for (let i = 0; i < 90; i++) places.acquire(busy[i % 3]);
  expect(places.isFullFor(busy[0])).toBe(true);
  const newcomer = address();
  for (let i = 0; i < 5; i++) {
    expect(places.isFullFor(newcomer)).toBe(false);
    places.acquire(newcomer);
  }
  expect([places.isFullFor(newcomer), places.isFullFor(address())]).toEqual([true, false]);
});

it('is unlimited when both settings are 0', () => {
  const places = capacity(0, 0);
  for (let i = 0; i < 10_000; i++) places.acquire(undefined);
  expect(places.isFullFor(undefined)).toBe(false);
});
