import { comparePositions, type EventPosition } from '#event';
import {
  type FoundIndex,
  type IndexAnswer,
  type IndexDocument,
  type IndexPage,
  type IndexQuestion,
  type IndexRef,
  type SearchIndex,
  type SimilarAnswer,
  type SimilarQuestion,
  type TaskId,
  type TaskOutcome,
} from '../search-index.ts';

interface Held {
  readonly seal: number | null;
  readonly documents: Map<string, IndexDocument>;
}

/** A search index in memory: says what an index is to answer, in the plainest way. */
export class ReferenceIndex implements SearchIndex {
  private readonly indexes = new Map<string, Held>();
  private tasks = 0;

  search(index: IndexRef, question: IndexQuestion, page: IndexPage): Promise<IndexAnswer> {
    const held = this.indexes.get(index.name);
    if (held?.seal !== index.seal) return Promise.resolve({ kind: 'lost' });
    const direction = question.order === 'asc' ? 1 : -1;
    const compare = (a: EventPosition, b: EventPosition): number =>
      direction * comparePositions(a, b);
    const { after, limit } = page;
    const found = [...held.documents.values()]
      .filter((document) => allows(question, document))
      .filter(({ text }) => question.words.every((word) => text.split(' ').includes(word)))
      .filter((document) => after === null || compare(document, after) > 0)
      .sort(compare);
    const candidates = found.slice(0, limit).map(positionOf);
    return Promise.resolve({ kind: 'found', candidates, more: found.length > limit });
  }

  /** The share of the words that occur, where two with at most one letter apart count as one. */
  similar(indexes: readonly IndexRef[], question: SimilarQuestion): Promise<SimilarAnswer> {
    const words = question.text.split(' ');
    const events = indexes
      .flatMap(({ name }) => [...(this.indexes.get(name)?.documents.values() ?? [])])
      .filter((document) => allows(question, document))
      .map((document) => ({ ...positionOf(document), score: likeness(words, document.text) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || comparePositions(b, a));
    return Promise.resolve({ kind: 'found', events: events.slice(0, question.limit) });
  }

  health(): Promise<string | null> {
    return Promise.resolve(null);
  }

  list(prefix: string): Promise<readonly FoundIndex[]> {
    const found = [...this.indexes].filter(([name]) => name.startsWith(`${prefix}-`));
    return Promise.resolve(
      found.map(([name, { seal, documents }]) => ({ name, seal, documents: documents.size })),
    );
  }

  create({ name, seal }: IndexRef): Promise<void> {
    this.indexes.set(name, { seal, documents: new Map() });
    return Promise.resolve();
  }

  configure(): Promise<void> {
    return Promise.resolve();
  }

  add(name: string, documents: readonly IndexDocument[]): Promise<TaskId> {
    const held = this.indexes.get(name) ?? { seal: null, documents: new Map() };
    this.indexes.set(name, held);
    for (const document of documents) {
      held.documents.set(`${document.groupSeq}-${document.ordinal}`, document);
    }
    return Promise.resolve(this.tasks++);
  }

  outcomes(tasks: readonly TaskId[]): Promise<readonly TaskOutcome[]> {
    return Promise.resolve(
      tasks.map((task) => ({ kind: task < this.tasks ? 'succeeded' : 'unknown' })),
    );
  }

  drop(name: string): Promise<void> {
    this.indexes.delete(name);
    return Promise.resolve();
  }
}

function positionOf({ timestamp, groupSeq, ordinal }: EventPosition): EventPosition {
  return { timestamp, groupSeq, ordinal };
}

function allows(
  { from, to, levels, services }: Pick<IndexQuestion, 'from' | 'to' | 'levels' | 'services'>,
  { timestamp, level, service }: IndexDocument,
): boolean {
  if (timestamp < from || timestamp >= to || levels?.has(level) === false) return false;
  return services === null || (service !== null && services.has(service));
}

function likeness(words: readonly string[], text: string): number {
  const held = text.split(' ');
  const scores = words.map((word) => Math.max(...held.map((other) => sameness(word, other))));
  return scores.reduce((sum, score) => sum + score, 0) / words.length;
}

function sameness(a: string, b: string): number {
  if (a === b) return 1;
  return withinOneLetter(a, b) ? 0.5 : 0;
}

/** Whether one letter taken out of the longer one (of both, where they are as long) makes them the same. */
function withinOneLetter(a: string, b: string): boolean {
  const [longer, shorter] = a.length >= b.length ? [a, b] : [b, a];
  if (longer.length - shorter.length > 1) return false;
  let at = 0;
  while (at < shorter.length && longer[at] === shorter[at]) at++;
  const rest = longer.length === shorter.length ? shorter.slice(at + 1) : shorter.slice(at);
  return longer.slice(at + 1) === rest;
}
