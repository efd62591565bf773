import { abortedTransaction } from './aborted-transaction.js';
import { brokerRestarted } from './broker-restarted.js';
import { bulkFailures } from './bulk-failures.js';
import type { ChaosRow } from './chaos-row.js';
import { fullDisk } from './full-disk.js';
import { gaps } from './gaps.js';
import { killedAtAPoint } from './killed-at-a-point.js';
import { killedAtRandom } from './killed-at-random.js';
import { lostAcknowledgement } from './lost-acknowledgement.js';
import { noSlots } from './no-slots.js';
import { orphanHoldsKeys } from './orphan-holds-keys.js';
import { pairKilledAtAPoint } from './pair-killed-at-a-point.js';
import { pairKilledAtRandom } from './pair-killed-at-random.js';
import { partitionAdded } from './partition-added.js';
import { poisonRows } from './poison-element.js';
import { rebalance } from './rebalance.js';
import { redisConnection } from './redis-connection.js';
import { retention } from './retention.js';
import { rolledBackOutside } from './rolled-back-outside.js';
import { serverKilled } from './server-killed.js';
import { simulatedRows } from './simulated.js';
import { soak } from './soak.js';
import { zombie } from './zombie.js';

/** A job of payments between a source of our own and PostgreSQL. */
export const postgresRows: readonly ChaosRow[] = [
  killedAtRandom,
  killedAtAPoint,
  lostAcknowledgement,
  rolledBackOutside,
  zombie,
  orphanHoldsKeys,
  serverKilled,
  noSlots,
  abortedTransaction,
];

/** A job of payments between two of the connectors. */
export const connectorRows: readonly ChaosRow[] = [
  pairKilledAtRandom,
  pairKilledAtAPoint,
  rebalance,
  partitionAdded,
  brokerRestarted,
  gaps,
  retention,
  soak,
];

/** A job that keeps the latest revision of documents. */
export const documentRows: readonly ChaosRow[] = [...poisonRows, bulkFailures, redisConnection];

/** The rows of the scorecard that are built: simulated, and with real services and real processes. */
export const allRows: readonly ChaosRow[] = [
  ...simulatedRows,
  fullDisk,
  ...postgresRows,
  ...connectorRows,
  ...documentRows,
].sort((a, b) => a.row - b.row);
