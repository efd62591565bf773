export { VirtualClock } from './clock/virtual-clock.js';
export type { PluginCall } from './drive/calls.js';
export { type DriveOptions, drive, type JobDriver } from './drive/drive.js';
export type { PlannedFault } from './faults/planned-fault.js';
export { harness } from './harness/harness.js';
export type { Harness, HarnessInput, HarnessOptions, HarnessState, HarnessTimer } from './harness/harness-contract.js';
export type { HarnessElement, HarnessOutput } from './harness/harness-output.js';
export type { HarnessSnapshot } from './harness/harness-snapshot.js';
export { type MarbleHelpers, marbles } from './marbles/marbles.js';
export { SeededRandom } from './random/seeded-random.js';
export { assertRestorable, type RestorableOptions } from './restorable/assert-restorable.js';
export type { FaultRates } from './simulate/random-faults.js';
export {
  type SimulateManyOptions,
  type SimulateOptions,
  type SimulationsReport,
  simulate,
} from './simulate/simulate.js';
export type {
  DefineSimulation,
  SimulatedJob,
  SimulationOptions,
  SimulationReport,
  SimulationTools,
} from './simulate/simulation.js';
export type { SplitSourceOptions } from './simulate/split-source.js';
export { type CollectIdempotentSink, collectIdempotentSink } from './sinks/collect-idempotent-sink.js';
export { type Arrival, type CollectSink, collectSink } from './sinks/collect-sink.js';
export { type CollectTransactionalSink, collectTransactionalSink } from './sinks/collect-transactional-sink.js';
export type { CommittedTransaction } from './sinks/transaction-server.js';
