import { seededRandom } from './random.ts';

/** An event as it is sent, and as a search shows it apart from its id. */
export interface KnownEvent {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
  readonly resourceId: string;
  readonly traceId: string;
  readonly service: string;
  readonly metadata: {
    readonly run: string;
    readonly number: number;
    readonly latency: number;
    readonly nested: { readonly list: readonly (string | number | boolean | null)[] };
  };
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const WORDS =
  'Verbindung größe 日志 cache "quoted" back\\slash tab\there 🚰 refused 10.11.10.1'.split(' ');
const DAY_MS = 86_400_000;
const DAYS = 3;

/** The event of this number, which follows from run and number alone, so that what is found can be compared with it. */
export function knownEvent(run: string, number: number): KnownEvent {
  const random = seededRandom(number);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const today = Math.floor(Date.parse(run) / DAY_MS) * DAY_MS;
  const second = new Date(today - (number % DAYS) * DAY_MS).toISOString().slice(0, 11);
  const words = Array.from({ length: 3 + Math.floor(random() * 20) }, () => pick(WORDS));
  return {
    timestamp: `${second}00:00:00.${String(number % 1_000_000).padStart(6, '0')}Z`,
    level: pick(LEVELS),
    message: `event ${number}: ${words.join(' ')}`,
    resourceId: `server-${Math.floor(random() * 50)}`,
    traceId: `trace-${Math.floor(number / 10)}`,
    service: pick(['api', 'auth', 'checkout']),
    metadata: {
      run,
      number,
      latency: Math.floor(random() * 100_000) / 100,
      nested: { list: [pick(WORDS), number, number % 2 === 0, null] },
    },
  };
}
