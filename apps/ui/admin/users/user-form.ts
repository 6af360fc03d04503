import {
  Component,
  ElementRef,
  afterNextRender,
  computed,
  inject,
  input,
  linkedSignal,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { toProblem } from '../../api/problem.ts';
import { ROLES, type Role } from '../../api/session-api.ts';
import { UsersApi, type User } from '../../api/users-api.ts';
import { roleHelp, roleName } from '../../access/role-name.ts';
import { faultsOf, type Faults } from '../faults.ts';
import { FormField } from '../records/form-field.ts';
import { readServices } from '../service-names.ts';

const NO_FAULTS: Faults = new Map();

/** Adds a user, or changes one. */
@Component({
  selector: 'ps-user-form',
  imports: [FormField],
  templateUrl: './user-form.html',
})
export class UserForm {
  readonly #api = inject(UsersApi);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  /** Null: a new one. */
  readonly user = input.required<User | null>();
  /** The name of who was saved. */
  readonly saved = output<string>();
  readonly closed = output();

  protected readonly texts = {
    password: $localize`Password`,
    newPassword: $localize`New password`,
  };
  protected readonly roles = ROLES;
  protected readonly roleName = roleName;
  protected readonly roleHelp = roleHelp;
  protected readonly name = linkedSignal(() => this.user()?.name ?? '');
  protected readonly role = linkedSignal<Role>(() => this.user()?.role ?? 'viewer');
  protected readonly services = linkedSignal(() => this.user()?.services?.join('\n') ?? '');
  protected readonly disabled = linkedSignal(() => this.user()?.disabled ?? false);
  protected readonly password = signal('');
  protected readonly busy = signal(false);
  protected readonly faults = signal<Faults>(NO_FAULTS);
  /** An admin sees all services. */
  protected readonly limitable = computed(() => this.role() !== 'admin');

  constructor() {
    afterNextRender(() => {
      this.dialog().nativeElement.showModal();
    });
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    this.busy.set(true);
    try {
      await this.#save();
      this.saved.emit(this.name().trim());
      this.close();
    } catch (error) {
      this.faults.set(faultsOf(toProblem(error)));
    }
    this.busy.set(false);
  }

  async #save(): Promise<void> {
    const user = this.user();
    const services = this.limitable() ? readServices(this.services()) : null;
    const form = { role: this.role(), services, disabled: this.disabled() };
    const password = this.password();
    if (user === null) await this.#api.add({ ...form, name: this.name().trim(), password });
    else await this.#api.change(user.id, { ...form, ...(password !== '' && { password }) });
  }
}
