export { copyState, dropState, type OperatorChange, replaceState, updateState } from './operator-change.js';
export { type ReadSavepointOptions, readSavepoint, type SavepointContents } from './read-savepoint.js';
export type { NewEntry, SavedEntry, SavedTimers, UpdateContext } from './saved-keys.js';
export type { SavedOperator, SavedState } from './saved-operator.js';
export type { SavedSplit, SplitCodecs } from './saved-split.js';
export type { StateInput } from './state-input.js';
export { type SavepointDraft, writeSavepoint } from './write-savepoint.js';
