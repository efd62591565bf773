export { VirtualClock } from './clock/virtual-clock.js';
export { type DriveOptions, drive, type JobDriver } from './drive/drive.js';
export { type MarbleHelpers, marbles } from './marbles/marbles.js';
export { assertRestorable, type RestorableOptions } from './restorable/assert-restorable.js';
export { type CollectIdempotentSink, collectIdempotentSink } from './sinks/collect-idempotent-sink.js';
export { collectSink } from './sinks/collect-sink.js';
export { type CollectTransactionalSink, collectTransactionalSink } from './sinks/collect-transactional-sink.js';
export type { CommittedTransaction } from './sinks/transaction-server.js';
