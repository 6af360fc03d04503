import { Component, inject, viewChild } from '@angular/core';
import { UsersApi, type User } from '../../api/users-api.ts';
import { roleName } from '../../access/role-name.ts';
import { Session } from '../../access/session.ts';
import { ConfirmDialog } from '../../dialog/confirm-dialog.ts';
import { visibleText } from '../../results/visible-text.ts';
import { formatInstant } from '../../time-range/format-time.ts';
import { AdminLocation } from '../admin-location.ts';
import { EditedRecords } from '../records/edited-records.ts';
import { ListState } from '../records/list-state.ts';
import { RecordAction } from '../records/record-action.ts';
import { RecordsHead } from '../records/records-head.ts';
import { servicesText } from '../service-names.ts';
import { UserForm } from './user-form.ts';

@Component({
  selector: 'ps-users-page',
  imports: [ConfirmDialog, ListState, RecordAction, RecordsHead, UserForm],
  providers: [AdminLocation],
  templateUrl: './users-page.html',
})
export class UsersPage {
  readonly #api = inject(UsersApi);
  protected readonly session = inject(Session);
  private readonly confirm = viewChild.required(ConfirmDialog);

  protected readonly list = new EditedRecords<User>((signal) =>
    this.session.controlled() ? this.#api.list(signal) : Promise.resolve([]),
  );
  protected readonly addLabel = $localize`Add a user`;
  protected readonly visible = visibleText;
  protected readonly roleName = roleName;
  protected readonly servicesText = servicesText;

  protected time(timestamp: string | null): string {
    return timestamp === null ? $localize`never` : formatInstant(Date.parse(timestamp), 'local');
  }

  protected saved(name: string): void {
    this.list.news.set($localize`${name}:name: is saved.`);
    void this.list.read();
  }

  protected async endSessions({ id, name }: User): Promise<void> {
    const yes = await this.confirm().ask({
      title: $localize`Sign ${name}:name: out everywhere?`,
      text: $localize`All sessions of this user end at once. Signing in again stays possible.`,
      action: $localize`Sign out everywhere`,
    });
    if (!yes) return;
    await this.list.change(
      () => this.#api.endSessions(id),
      (count) => $localize`Sessions of ${name}:name: that were ended: ${count}:count:.`,
    );
  }

  protected async delete({ id, name }: User): Promise<void> {
    const yes = await this.confirm().ask({
      title: $localize`Delete ${name}:name:?`,
      text: $localize`The user can no longer sign in, and their private searches go too. Shared ones stay.`,
      action: $localize`Delete the user`,
    });
    if (!yes) return;
    await this.list.change(
      () => this.#api.delete(id),
      () => $localize`${name}:name: is deleted.`,
    );
  }
}
