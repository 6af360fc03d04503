import { messageTemplate } from '../../../libs/query/page.ts';
import type { LogHit } from '../api/log-hit.ts';
import type { Fold } from './row-view.ts';

/** What neighbours must share to be one row. */
export function foldKey(fold: Exclude<Fold, 'off'>): (hit: LogHit) => string {
  const text = fold === 'alike' ? messageTemplate : (message: string) => message;
  return ({ level, service, resourceId, message }) =>
    [level, service ?? '', fold === 'alike' ? '' : (resourceId ?? ''), text(message)].join('\0');
}
