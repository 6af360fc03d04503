import type { MultiSearchQuery } from 'meilisearch';
import { levelRank, words, type Level } from '#event';
import { indexedWords } from '../index-text.ts';
import {
  MAX_WORDS,
  type IndexPage,
  type IndexQuestion,
  type IndexRef,
  type SimilarQuestion,
} from '../search-index.ts';
import { documentId } from './documents.ts';
import { LOCALES } from './index-settings.ts';

const FIELDS = ['id', 'ts'];

/** Each word is quoted, for one without quotes is also looked for with typos and cut in two. */
export function searchQuery(
  index: IndexRef,
  question: IndexQuestion,
  page: IndexPage,
): MultiSearchQuery {
  return {
    indexUid: index.name,
    q: question.words
      .slice(0, MAX_WORDS)
      .map((word) => `"${word}"`)
      .join(' '),
    matchingStrategy: 'all',
    filter: [...conditions(question), ...placeOf(question, page)],
    sort: [`ts:${question.order}`, `id:${question.order}`],
    limit: page.limit,
    attributesToRetrieve: FIELDS,
    locales: [...LOCALES],
  };
}

export function sealQuery({ name, seal }: IndexRef): MultiSearchQuery {
  return { indexUid: name, q: '', filter: `ts = ${-seal}`, limit: 1, attributesToRetrieve: FIELDS };
}

export function similarQuery(index: IndexRef, question: SimilarQuestion): MultiSearchQuery {
  return {
    indexUid: index.name,
    q: indexedWords(words(question.text)).slice(0, MAX_WORDS).join(' '),
    matchingStrategy: 'frequency',
    filter: conditions(question),
    limit: question.limit,
    attributesToRetrieve: FIELDS,
    showRankingScore: true,
    locales: [...LOCALES],
  };
}

type Conditions = Pick<IndexQuestion, 'from' | 'to' | 'levels' | 'services'>;

/** All of them hold. Times of events are not below zero, which leaves the seal out. */
function conditions({ from, to, levels, services }: Conditions): string[] {
  return [
    `ts >= ${Math.max(from, 0)}`,
    `ts < ${to}`,
    ...(levels === null ? [] : [levelCondition(levels)]),
    ...(services === null ? [] : serviceCondition(services)),
  ];
}

function levelCondition(levels: ReadonlySet<Level>): string {
  return `level IN [${[...levels].map(levelRank).join(', ')}]`;
}

/** Longer values are cut by the server, and quotes would need its rules of escaping. */
const PLAIN_SERVICE = /^[^"\\\p{C}]{1,100}$/u;

/** No condition where one of the names cannot be asked for: candidates are checked anyway. */
function serviceCondition(services: ReadonlySet<string>): string[] {
  const names = [...services];
  if (!names.every((name) => PLAIN_SERVICE.test(name))) return [];
  return [`service IN [${names.map((name) => `"${name}"`).join(', ')}]`];
}

function placeOf({ order }: IndexQuestion, { after }: IndexPage): string[] {
  if (after === null) return [];
  const beyond = order === 'asc' ? '>' : '<';
  const { timestamp } = after;
  return [
    `ts ${beyond}= ${timestamp}`,
    `ts ${beyond} ${timestamp} OR id ${beyond} ${documentId(after)}`,
  ];
}
