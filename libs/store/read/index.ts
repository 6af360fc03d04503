export { mergeCandidates, type Candidate, type PlacedCandidate } from './candidate.ts';
export { groupsAfter, newestCommit, type CommittedGroup } from './committed-groups.ts';
export { mayFulfilBits, toProbe, type Probe } from './filter-probe.ts';
export {
  placesOfGroups,
  readMinutes,
  readOverflowHours,
  readPendingGroups,
  type CountedMinute,
  type GroupPlace,
  type PendingGroup,
} from './rollup-reader.ts';
export { decodeEvent, EVENT_COLUMNS, type TextRow } from './row.ts';
export type { Segment } from './segment.ts';
export {
  createSkipIndexReader,
  type SegmentCandidates,
  type SkipIndexReader,
  type SkipIndexReaderSettings,
} from './skip-index-reader.ts';
export { StatementTimeoutError, withSnapshot, type Snapshot } from './snapshot.ts';
export { parseTimestamptz } from './timestamptz.ts';
