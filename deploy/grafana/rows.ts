import type { Row } from './panel.ts';
import { glance } from './rows/at-a-glance.ts';
import { keeper } from './rows/background-jobs.ts';
import { broker } from './rows/broker.ts';
import { ingest } from './rows/ingest.ts';
import { operator } from './rows/operator.ts';
import { processes } from './rows/processes.ts';
import { queue } from './rows/queue.ts';
import { index } from './rows/search-index.ts';
import { search } from './rows/search.ts';
import { writer } from './rows/writers.ts';

/** From a POST to a search result, then what keeps it going. */
export const ROWS: readonly Row[] = [
  { title: 'At a glance', panels: glance },
  { title: 'Ingest', panels: ingest },
  { title: 'Queue', panels: queue },
  { title: 'RabbitMQ', panels: broker },
  { title: 'Writers and Postgres', panels: writer },
  { title: 'Search', panels: search },
  { title: 'Search index', panels: index },
  { title: 'Background jobs', panels: keeper },
  { title: 'Operator', panels: operator },
  { title: 'Processes', panels: processes },
];
