export { type PostgresCheckpointsOptions, postgresCheckpoints } from './checkpoints/postgres-checkpoints.js';
export type { BufferedEpoch, PostgresCommittable, PreparedEpoch, RowTarget, TargetColumn } from './committable.js';
export { postgresSink } from './postgres-sink.js';
export type { PostgresSinkOptions } from './sink-options.js';
