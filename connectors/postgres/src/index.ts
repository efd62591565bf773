export { type PostgresCheckpointsOptions, postgresCheckpoints } from './checkpoints/postgres-checkpoints.js';
export type { BufferedEpoch, PostgresCommittable, PreparedEpoch, RowTarget, TargetColumn } from './committable.js';
export { postgresSink } from './postgres-sink.js';
export type { PostgresSinkOptions } from './sink-options.js';
export type { KeyPosition, KeyRange } from './source/key-range.js';
export { postgresSource } from './source/postgres-source.js';
export type { PostgresRow, PostgresSourceOptions } from './source/source-options.js';
