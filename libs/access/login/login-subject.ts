import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { userNameKey } from '../users/user-name.ts';

/** The key under which failures with a user name are counted. A hash: people type passwords into that field too. */
export function nameSubject(name: string): string {
  return `name:${createHash('sha256').update(userNameKey(name)).digest('base64url')}`;
}

/** The same for an address; of IPv6 the network of 64 bits, for whoever has one address there has them all. */
export function addressSubject(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return `address:${mapped[1]}`;
  return `address:${isIPv6(address) ? `${network64(address)}::/64` : address}`;
}

function network64(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = tail === undefined ? before : [...before, ...zeros, ...after];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
