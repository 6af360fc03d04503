import { describeSearchIndex } from './conformance.ts';
import { ReferenceIndex } from './testing/reference-index.ts';

describeSearchIndex('in memory', () => new ReferenceIndex());
