import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';

/** What is known of a login between its beginning and the provider's answer. */
export interface LoginState {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
  /** Where the browser goes afterwards: a path of the page. */
  readonly returnTo: string;
}

/** Time for a login at the provider. */
export const LOGIN_SECONDS = 600;
const ALGORITHM = { alg: 'dir', enc: 'A256GCM' } as const;
const PURPOSE = 'penstock oidc login';

/**
 * Keeps the state of a login in the browser, encrypted, so that whichever gateway gets the answer can read it, and
 * beginning a login stores nothing. The key follows from the client's secret, which all gateways have.
 */
export class LoginStates {
  private readonly key: Uint8Array;
  private readonly now: () => Date;

  constructor(clientSecret: string, now: () => Date) {
    this.key = new Uint8Array(hkdfSync('sha256', clientSecret, '', PURPOSE, 32));
    this.now = now;
  }

  async seal(state: LoginState): Promise<string> {
    const issued = Math.floor(this.now().getTime() / 1_000);
    return new EncryptJWT({ ...state })
      .setProtectedHeader(ALGORITHM)
      .setIssuedAt(issued)
      .setExpirationTime(issued + LOGIN_SECONDS)
      .encrypt(this.key);
  }

  /** Null for what was not sealed here, or too long ago. */
  async open(sealed: string): Promise<LoginState | null> {
    try {
      const { payload } = await jwtDecrypt(sealed, this.key, {
        keyManagementAlgorithms: [ALGORITHM.alg],
        contentEncryptionAlgorithms: [ALGORITHM.enc],
        currentDate: this.now(),
      });
      const { state, nonce, verifier, returnTo } = payload;
      const texts = [state, nonce, verifier, returnTo];
      return texts.every((text) => typeof text === 'string')
        ? ({ state, nonce, verifier, returnTo } as LoginState)
        : null;
    } catch {
      // Whatever is wrong with it: it is none of ours.
      return null;
    }
  }
}
