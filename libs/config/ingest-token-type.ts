import type { SettingType } from './setting-type.ts';

/** Shorter ones could be guessed. */
const FORM = /^[A-Za-z0-9._~+/=-]{32,256}$/;

/** Tokens for the `Authorization` header, separated by commas. */
export const tokenTexts: SettingType<readonly string[]> = {
  label: 'tokens of 32 to 256 letters, digits and `._~+/=-`, separated by commas',
  parse(value) {
    const tokens = value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return tokens.length > 0 && tokens.every((token) => FORM.test(token))
      ? { ok: true, value: tokens }
      : {
          ok: false,
          reason:
            'is not made of tokens of 32 to 256 letters, digits and ._~+/=- (openssl rand -hex 32 makes one)',
        };
  },
  format: (value) => value.join(','),
};
