import { ReferenceIndex } from '../../index/testing/reference-index.ts';
import { describeWordIndexSearch } from '../testing/word-index-suite.ts';

describeWordIndexSearch('in memory', () => new ReferenceIndex());
