import { createHash } from 'node:crypto';
import { API_VERSION, KIND } from '#pipeline';
import type { KubeApi } from '../runtime/kube-api.ts';
import { collectionPath, EVENTS } from '../runtime/kinds.ts';
import { FIELD_MANAGER } from '../specs/labels.ts';

export interface Regarding {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}

export interface Happening {
  readonly type: 'Normal' | 'Warning';
  /** One word. */
  readonly reason: string;
  readonly note: string;
  /** What was being done. */
  readonly action: string;
}

const REPEAT_MS = 600_000;
const MAX_REMEMBERED = 5_000;
const MAX_NOTE = 1_024;

/** Events that `kubectl describe` shows. The same one is told once in ten minutes. */
export class EventRecorder {
  private readonly api: KubeApi;
  private readonly identity: string;
  private readonly onFailure: (error: unknown) => void;
  private readonly told = new Map<string, number>();

  constructor(api: KubeApi, identity: string, onFailure: (error: unknown) => void) {
    this.api = api;
    this.identity = identity;
    this.onFailure = onFailure;
  }

  /** Never waits and never fails: an event that cannot be told is only counted. */
  record({ name, namespace, uid }: Regarding, happening: Happening): void {
    const { type, reason, action } = happening;
    const note = happening.note.slice(0, MAX_NOTE);
    const id = createHash('sha256').update([uid, type, reason, note].join('\0')).digest('hex');
    const now = Date.now();
    if (now - (this.told.get(id) ?? -Infinity) < REPEAT_MS) return;
    if (this.told.size >= MAX_REMEMBERED) this.told.clear();
    this.told.set(id, now);
    const { apiVersion, kind } = EVENTS;
    const path = collectionPath(EVENTS, namespace);
    const body = {
      apiVersion,
      kind,
      metadata: { name: `${name}.${id.slice(0, 8)}${now.toString(16)}`, namespace },
      eventTime: new Date(now).toISOString().replace('Z', '000Z'),
      reportingController: `penstock.dev/${FIELD_MANAGER}`,
      reportingInstance: this.identity.slice(0, 128),
      regarding: { apiVersion: API_VERSION, kind: KIND, name, namespace, uid },
      type,
      reason,
      note,
      action,
    };
    this.api.request({ method: 'POST', path, body }).catch(this.onFailure);
  }
}
