export type {
  CheckpointStorage,
  Clock,
  Codec,
  Decoder,
  Duration,
  Encoder,
  Format,
  Logger,
  Metrics,
  Rejected,
  Sink,
  Source,
  StandardSchema,
  StateBackend,
} from '@sluice/connector-sdk';
export { bytes, defineCodec, json, SluiceError, structuredCodec, text } from '@sluice/connector-sdk';
export { fileCheckpoints } from './checkpoint/file-checkpoints.js';
export { memoryCheckpoints } from './checkpoint/memory-checkpoints.js';
export type { OperatorOptions } from './graph/node.js';
export { createJob, type Flow } from './job/create-job.js';
export type { Guarantee, GuaranteeLevel, GuaranteeReason } from './job/guarantee.js';
export type { Job } from './job/job.js';
export type { JobEvent, JobResult } from './job/job-event.js';
export type { CheckpointOptions, JobOptions, Savepoint } from './job/job-options.js';
export { exponentialDelay, failureRate, fixedDelay, noRestart, type RestartStrategy } from './job/restart-strategy.js';
export type { AsyncContext } from './operators/async-attempts.js';
export { type AsyncMapOptions, asyncMap } from './operators/async-map.js';
export { keyBy } from './operators/key-by.js';
export { mapValues } from './operators/map-values.js';
export { values } from './operators/values.js';
export { arraySource } from './stream/array-source.js';
export { callbackSink } from './stream/callback-sink.js';
export { configure } from './stream/configure.js';
export type { DataStream } from './stream/data-stream.js';
export type { Key, Keyed, Windowed, WindowResult } from './stream/element.js';
export { type FromObservableOptions, fromObservable } from './stream/from-observable.js';
export { fromSource } from './stream/from-source.js';
export { rebalance } from './stream/rebalance.js';
export { type SideOutput, type SideTarget, sideOutput } from './stream/side-output.js';
export { type ToOptions, to } from './stream/to.js';
export { union, unionWith } from './stream/union.js';
export { type CountingMetrics, countingMetrics } from './task/counting-metrics.js';
export * from './time/index.js';
