import { Injectable, computed, inject, type Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, convertToParamMap } from '@angular/router';

/** The state of a page of administration that is in the URL. */
@Injectable()
export class AdminLocation {
  readonly #router = inject(Router);
  readonly #route = inject(ActivatedRoute);
  readonly #parameters = toSignal(this.#route.queryParamMap, {
    initialValue: convertToParamMap({}),
  });

  /** The text of a parameter, empty where it is absent. */
  parameter(name: string): Signal<string> {
    return computed(() => this.#parameters().get(name) ?? '');
  }

  /** @param step whether the back button undoes it */
  set(parameters: Readonly<Record<string, string | null>>, step: boolean): void {
    const queryParams = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, value || null]),
    );
    void this.#router.navigate([], {
      relativeTo: this.#route,
      queryParams,
      queryParamsHandling: 'merge',
      replaceUrl: !step,
    });
  }
}
