import { eventId, formatTimestamp, type EventPosition, type StoredEvent } from '#event';
import {
  indexedWords,
  MAX_CANDIDATES,
  readCoverage,
  type IndexCoverage,
  type IndexRef,
  type SimilarAnswer as IndexSimilarAnswer,
  type SimilarEvent,
  type SimilarQuestion,
} from '#index';
import { requiredKeys, similarTerms, toPredicate, type SimilarTerms } from '#query';
import { withSnapshot } from '#store';
import { lookUpColumnar } from './columnar/columnar-groups.ts';
import { startDeadline } from './deadline.ts';
import type { SearchDependencies, WordIndexAccess } from './dependencies.ts';
import { createPlan, type Plan, type Step } from './planner.ts';
import type { RunOptions, SimilarAnswer, SimilarHit, SimilarRequest } from './search-service.ts';
import { withoutRange } from './time-range.ts';
import { lookUp } from './word-index/look-up.ts';

/**
 * Events whose message is like the words of a query, by relevance, of what the index holds of the range. Times,
 * levels and services are conditions of the question; all that is no word is checked on each event besides.
 */
export async function similarEvents(
  deps: SearchDependencies,
  request: SimilarRequest,
  { budgetMs, signal }: RunOptions,
): Promise<SimilarAnswer> {
  const { wordIndex } = deps;
  if (wordIndex === null) return { kind: 'no-index' };
  const terms = similarTerms(withoutRange(request.query));
  if (indexedWords(terms.words).length === 0) return { kind: 'no-words' };
  const deadline = startDeadline(budgetMs, deps.monotonicMs);
  const start = { path: 'ordered', timeoutMs: deadline.statementTimeoutMs } as const;
  return withSnapshot(deps.pool, signal, start, async (snapshot): Promise<SimilarAnswer> => {
    const plan = createPlan(request, 'desc', snapshot.segments);
    const segments = plan.steps.map(({ segment }) => segment);
    const coverage = await readCoverage(snapshot, wordIndex.prefix, segments);
    if (coverage.size === 0) return { kind: 'not-covered' };
    const question = similarQuestion(plan, terms, request.limit);
    const indexes = [...coverage.values()].map(({ index }) => index);
    const answer = await askIndexes(wordIndex, indexes, question, { budgetMs, signal });
    if (answer.kind === 'unavailable') return answer;
    const scan = { snapshot, deadline };
    const events = await eventsAt(answer.events, plan.steps, (step, positions) =>
      step.engine === 'columnar' && deps.columnar !== null
        ? lookUpColumnar(deps.columnar, snapshot, step, positions, {
            timeoutMs: deadline.statementTimeoutMs,
            signal,
          })
        : lookUp(scan, step, positions),
    );
    return {
      kind: 'found',
      hits: bestFirst(answer.events, events.filter(toPredicate(terms.filter)), request.limit),
      partial: coverage.size < segments.length,
      engines: ['meilisearch', 'postgres'],
      plan: explain(plan, coverage, terms.words),
    };
  });
}

/** More is asked for than wanted where hits are checked, for some will not pass. */
function similarQuestion(
  { range, steps }: Plan,
  { words, filter }: SimilarTerms,
  limit: number,
): SimilarQuestion {
  return {
    text: words.join(' '),
    from: Math.max(range.from, Math.min(...steps.map(({ from }) => from))),
    to: Math.min(range.to, Math.max(...steps.map(({ to }) => to))),
    ...requiredKeys(filter),
    limit: filter.kind === 'all' ? Math.min(limit, MAX_CANDIDATES) : MAX_CANDIDATES,
  };
}

async function askIndexes(
  { index }: WordIndexAccess,
  indexes: readonly IndexRef[],
  question: SimilarQuestion,
  { budgetMs, signal }: RunOptions,
): Promise<IndexSimilarAnswer> {
  const impossible = question.levels?.size === 0 || question.services?.size === 0;
  if (impossible) return { kind: 'found', events: [] };
  // Segments can share an index: the hours of a day.
  const once = new Map(indexes.map((each) => [each.name, each]));
  return index.similar([...once.values()], question, signal, budgetMs);
}

/** The events at the positions, without those that are gone or outside the plan's range. */
async function eventsAt(
  positions: readonly EventPosition[],
  steps: readonly Step[],
  find: (step: Step, positions: readonly EventPosition[]) => Promise<readonly StoredEvent[]>,
): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = [];
  for (const step of steps) {
    const within = positions.filter(
      ({ timestamp }) => timestamp >= step.from && timestamp < step.to,
    );
    found.push(...(await find(step, within)));
  }
  return found;
}

/** In the order of the proposals. */
function bestFirst(
  proposed: readonly SimilarEvent[],
  events: readonly StoredEvent[],
  limit: number,
): readonly SimilarHit[] {
  const byId = new Map(events.map((event) => [eventId(event), event]));
  return proposed
    .flatMap((position) => {
      const event = byId.get(eventId(position));
      return event === undefined ? [] : [{ event, score: position.score }];
    })
    .slice(0, limit);
}

function explain(
  { steps }: Plan,
  coverage: ReadonlyMap<number, IndexCoverage>,
  words: readonly string[],
) {
  return steps.map(({ segment, from, to }) => ({
    engine: 'meilisearch',
    segment: segment.relation,
    access: 'similar',
    index: coverage.get(segment.id)?.index.name ?? null,
    words: [...words],
    from: formatTimestamp(from),
    to: formatTimestamp(to),
  }));
}
