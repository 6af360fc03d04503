import { Component, DestroyRef, inject, signal, viewChild } from '@angular/core';
import { TokensApi, type IngestToken, type IssuedToken } from '../../api/tokens-api.ts';
import { Session } from '../../access/session.ts';
import { ConfirmDialog } from '../../dialog/confirm-dialog.ts';
import { eventCount, number } from '../../i18n/counted.ts';
import { visibleText } from '../../results/visible-text.ts';
import { formatInstant } from '../../time-range/format-time.ts';
import { AdminLocation } from '../admin-location.ts';
import { EditedRecords } from '../records/edited-records.ts';
import { ListState } from '../records/list-state.ts';
import { RecordAction } from '../records/record-action.ts';
import { RecordsHead } from '../records/records-head.ts';
import { servicesText } from '../service-names.ts';
import { formatBytes } from '../../i18n/byte-size.ts';
import { RotateDialog } from './rotate-dialog.ts';
import { TokenForm } from './token-form.ts';
import { TokenSecret } from './token-secret.ts';

/** The use of the day is a second or two behind anyway. */
const READ_EVERY_MS = 5_000;

@Component({
  selector: 'ps-tokens-page',
  imports: [
    ConfirmDialog,
    ListState,
    RecordAction,
    RecordsHead,
    RotateDialog,
    TokenForm,
    TokenSecret,
  ],
  providers: [AdminLocation],
  templateUrl: './tokens-page.html',
})
export class TokensPage {
  readonly #api = inject(TokensApi);
  protected readonly session = inject(Session);
  private readonly confirm = viewChild.required(ConfirmDialog);
  private readonly rotation = viewChild.required(RotateDialog);

  protected readonly list = new EditedRecords<IngestToken>((signal) => this.#api.list(signal));
  protected readonly addLabel = $localize`Make a token`;
  /** The token whose text is on the screen. */
  protected readonly issued = signal<IssuedToken | null>(null);
  protected readonly visible = visibleText;
  protected readonly servicesText = servicesText;
  protected readonly bytes = formatBytes;
  protected readonly number = number;
  protected readonly eventCount = eventCount;

  constructor() {
    const timer = setInterval(() => {
      if (!document.hidden && this.list.problem() === null) void this.list.read();
    }, READ_EVERY_MS);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
  }

  protected time(timestamp: string): string {
    return formatInstant(Date.parse(timestamp), 'local');
  }

  /** Of the volume of the day, 0 to 1. */
  protected used({ bytesPerDay, today }: IngestToken): number {
    return bytesPerDay === null ? 0 : Math.min(1, today.bytes / bytesPerDay);
  }

  protected saved(issued: IssuedToken | null): void {
    this.issued.set(issued);
    this.list.news.set($localize`The token is saved.`);
    void this.list.read();
  }

  protected async rotate({ id, name }: IngestToken): Promise<void> {
    const grace = await this.rotation().ask(name);
    if (grace === null) return;
    const issued = await this.list.change(
      () => this.#api.rotate(id, grace),
      () => $localize`${name}:name: has a new secret.`,
    );
    this.issued.set(issued);
  }

  protected async revoke({ id, name }: IngestToken): Promise<void> {
    const yes = await this.confirm().ask({
      title: $localize`Revoke ${name}:name:?`,
      text: $localize`Whoever sends with it is refused within seconds. It cannot be taken back.`,
      action: $localize`Revoke the token`,
    });
    if (!yes) return;
    await this.list.change(
      () => this.#api.revoke(id),
      () => $localize`${name}:name: is revoked.`,
    );
  }
}
