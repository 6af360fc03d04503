import { Inject, Injectable } from '@nestjs/common';

import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.ts';
import { Problem } from '../http/problem.ts';
import type { AccessOn } from './access-parts.ts';

/** Users and sessions for the calls about them. */
@Injectable()
export class AccountsAccess {
  private readonly parts: GatewayParts;

  constructor(@Inject(GATEWAY_PARTS) parts: GatewayParts) {
    this.parts = parts;
  }

  /** Throws a 409 `Problem` while access control is off: accounts would say what does not hold. */
  get on(): AccessOn {
    const { access } = this.parts;
    if (access.mode === 'on') return access;
    throw new Problem(
      409,
      'access-control-off',
      'Access control is off, so there are no users and sessions. Switch it on by AUTH=on.',
    );
  }
}
