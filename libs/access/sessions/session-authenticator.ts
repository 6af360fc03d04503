import type {
  AuthenticateOptions,
  Authentication,
  Authenticator,
  Credentials,
} from '../identity/authenticator.ts';
import { sessionTokenIn } from './session-cookie.ts';
import { csrfToken } from './session-token.ts';
import type { Sessions } from './sessions.ts';

/** Who sent a request by the cookie of a session. */
export class SessionAuthenticator implements Authenticator {
  private readonly sessions: Pick<Sessions, 'find'>;

  constructor(sessions: Pick<Sessions, 'find'>) {
    this.sessions = sessions;
  }

  async authenticate(
    { headers, secure }: Credentials,
    { counts }: AuthenticateOptions,
  ): Promise<Authentication | null> {
    const { cookie } = headers;
    const token = typeof cookie === 'string' ? sessionTokenIn(cookie, secure) : null;
    if (token === null) return null;
    const found = await this.sessions.find(token, counts);
    if (found === null) return null;
    return { ...found, by: 'cookie', csrf: csrfToken(token) };
  }
}
