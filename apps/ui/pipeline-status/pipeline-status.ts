import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Session } from '../access/session.ts';
import { Icon } from '../icon/icon.ts';
import { PopoverTrigger } from '../popover/popover-trigger.ts';
import { HealthFeed } from './health-feed.ts';
import { healthFigures, healthSummary, PROCESS_STATES, shownProcesses } from './health-text.ts';

/** Whether the pipeline is well, in one small button; what there is to know, under it. */
@Component({
  selector: 'ps-pipeline-status',
  imports: [Icon, PopoverTrigger, RouterLink],
  providers: [HealthFeed],
  templateUrl: './pipeline-status.html',
})
export class PipelineStatus {
  readonly #session = inject(Session);
  protected readonly health = inject(HealthFeed).health;
  protected readonly states = PROCESS_STATES;
  protected readonly summary = computed(() => healthSummary(this.health()));
  protected readonly figures = computed(() => {
    const health = this.health();
    return health === null ? [] : healthFigures(health);
  });
  /** There is something in quarantine, and it may be looked at. */
  protected readonly quarantine = computed(
    () => (this.health()?.quarantine?.count ?? 0) > 0 && this.#session.may('quarantine:read'),
  );
  protected readonly processes = computed(() => {
    const health = this.health();
    return health === null ? [] : shownProcesses(health);
  });
  /** What a screen reader is told by itself: what is wrong, and that it is right again. */
  protected readonly news = computed(() => {
    const notices = this.health()?.notices ?? [];
    return notices.map(({ detail }) => detail).join(' ');
  });
}
