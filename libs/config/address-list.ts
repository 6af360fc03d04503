import { isIP } from 'node:net';
import { textList, type SettingType } from './setting-type.ts';

/** IP addresses and networks (CIDR), separated by commas. */
export const addressList: SettingType<readonly string[]> = {
  label: 'addresses or networks, as `10.0.0.0/8`, separated by commas',
  parse(value) {
    const list = textList.parse(value);
    if (!list.ok) return list;
    const wrong = list.value.find((one) => !isAddressOrNetwork(one));
    return wrong === undefined
      ? list
      : {
          ok: false,
          reason: `has "${wrong}", which is neither an IP address nor a network like 10.0.0.0/8`,
        };
  },
  format: (value) => value.join(','),
};

function isAddressOrNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}
