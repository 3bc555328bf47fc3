import type { IncomingMessage } from 'node:http';
import { trustOf } from '../settings/proxy-trust';
import { clientAddress } from './client-address';

function request(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  return { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } } as unknown as IncomingMessage;
}

describe('clientAddress', () => {
  it.each([
    ['203.0.113.6', '203.0.113.6'],
    ['::ffff:203.0.113.6', '203.0.113.6'],
    ['::FFFF:cb00:7106', '203.0.113.6'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::203.0.113.6', '64:ff9b:0:0::/64'],
    [undefined, ''],
  ])('%s counts as %s', (given, counted) => {
    expect(clientAddress(request(given), trustOf('false'))).toBe(counted);
  });

  it.each([
    ['203.0.113.6:40001', '203.0.113.6'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['[2001:db8::1]', '2001:db8:0:0::/64'],
    [' 203.0.113.6 ', '203.0.113.6'],
    ['::ffff:203.0.113.6', '203.0.113.6'],
    ['unknown', '10.0.0.1'],
    ['_hidden', '10.0.0.1'],
    ['', '10.0.0.1'],
    ['203.0.113.256', '10.0.0.1'],
    ['198.51.100.1, 203.0.113.6:1', '203.0.113.6'],
  ])('X-Forwarded-For: %s of a trusted proxy counts as %s', (forwarded, counted) => {
    expect(clientAddress(request('10.0.0.1', forwarded), trustOf('1'))).toBe(counted);
  });

  it('trusts proxies that append themselves with their ports', () => {
    const chain = '198.51.100.1, 203.0.113.6:40001, 10.0.0.7:8080';
    expect(clientAddress(request('::ffff:10.0.0.1', chain), trustOf('10.0.0.0/8'))).toBe('203.0.113.6');
  });

  it.each(['false', '192.0.2.0/24', '0'])('does not trust a peer outside TRUST_PROXY=%s', (trust) => {
    expect(clientAddress(request('10.0.0.1', '203.0.113.6'), trustOf(trust))).toBe('10.0.0.1');
  });

  it('takes the first entry with TRUST_PROXY=true', () => {
    expect(clientAddress(request('10.0.0.1', '203.0.113.6, 10.0.0.9'), trustOf('true'))).toBe('203.0.113.6');
  });
});
