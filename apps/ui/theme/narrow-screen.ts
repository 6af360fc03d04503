import { DestroyRef, inject, signal, type Signal } from '@angular/core';

/** Below this width the side bar and the detail panel are sheets over the page. */
const NARROW = '(max-width: 899px)';

export function injectNarrowScreen(): Signal<boolean> {
  const query = matchMedia(NARROW);
  const narrow = signal(query.matches);
  const changed = (): void => {
    narrow.set(query.matches);
  };
  query.addEventListener('change', changed);
  inject(DestroyRef).onDestroy(() => {
    query.removeEventListener('change', changed);
  });
  return narrow.asReadonly();
}
