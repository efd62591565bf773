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
export * from './aggregates/index.js';
export { fileCheckpoints } from './checkpoint/file-checkpoints.js';
export { memoryCheckpoints } from './checkpoint/memory-checkpoints.js';
export type { OperatorOptions } from './graph/node.js';
export { createJob, type Flow } from './job/create-job.js';
export type { Guarantee, GuaranteeLevel, GuaranteeReason } from './job/guarantee.js';
export type { Job } from './job/job.js';
export type { JobEvent, JobResult } from './job/job-event.js';
export type { CheckpointOptions, JobOptions, Savepoint } from './job/job-options.js';
export { exponentialDelay, failureRate, fixedDelay, noRestart, type RestartStrategy } from './job/restart-strategy.js';
export { type AsOfJoinOptions, asOfJoin } from './joins/as-of-join.js';
export { type CoGroupOptions, coGroup } from './joins/co-group.js';
export { type IntervalJoinOptions, intervalJoin } from './joins/interval-join.js';
export type { JoinContext, JoinKind, JoinSide } from './joins/join-context.js';
export type { LateSides } from './joins/late-elements.js';
export { type LookupJoinOptions, lookupJoin } from './joins/lookup-join.js';
export { type WindowJoinOptions, windowJoin } from './joins/window-join.js';
export { aggregate } from './operators/aggregate.js';
export { aggregateByKey } from './operators/aggregate-by-key.js';
export type { AsyncContext } from './operators/async-attempts.js';
export { type AsyncMapOptions, asyncMap } from './operators/async-map.js';
export { type DedupeOptions, dedupe } from './operators/dedupe.js';
export { keyBy } from './operators/key-by.js';
export type { ProcessContext, TimerContext, Timers } from './operators/keyed-process.js';
export { type Emits, type Emitted, type Many, many } from './operators/many.js';
export { mapValues } from './operators/map-values.js';
export {
  type BroadcastProcessFunction,
  processBroadcast,
  type ReadonlyStateOf,
} from './operators/process-broadcast.js';
export { type KeyedProcessFunction, processKeyed } from './operators/process-keyed.js';
export { type ProcessFunction, processStream } from './operators/process-stream.js';
export { type KeyedCoProcessFunction, processWith } from './operators/process-with.js';
export { scanByKey } from './operators/scan-by-key.js';
export type { StatefulOptions } from './operators/stateful-options.js';
export { topN } from './operators/top-n.js';
export { values } from './operators/values.js';
export { windowAll } from './operators/window-all.js';
export { type WindowOptions, windowBy } from './operators/window-by.js';
export { type WithBroadcastOptions, withBroadcast } from './operators/with-broadcast.js';
export { type TimestampOptions, withIngestionTime, withTimestamps } from './operators/with-timestamps.js';
export { type DetectOptions, detect, type TimedOutMatch } from './patterns/detect.js';
export type { Pattern, PatternStart } from './patterns/pattern.js';
export type { AfterMatch } from './patterns/skip.js';
export type { QueryOptions, StateAnswer, StateQuery } from './query/state-query.js';
export * from './savepoint/index.js';
export * from './state/index.js';
export { arraySource } from './stream/array-source.js';
export { callbackSink } from './stream/callback-sink.js';
export { configure } from './stream/configure.js';
export { DataStream } from './stream/data-stream.js';
export type { Key, Keyed, Windowed, WindowResult } from './stream/element.js';
export { type FromObservableOptions, fromObservable } from './stream/from-observable.js';
export { fromSource } from './stream/from-source.js';
export { observerSink } from './stream/observer-sink.js';
export { rebalance } from './stream/rebalance.js';
export { type SideOutput, sideOutput } from './stream/side-output.js';
export type { SideTarget } from './stream/side-target.js';
export { type ToOptions, to } from './stream/to.js';
export { union, unionWith } from './stream/union.js';
export { type WritableSinkOptions, writableSink } from './stream/writable-sink.js';
export { type CountingMetrics, countingMetrics } from './task/counting-metrics.js';
export * from './time/index.js';
export * from './windows/index.js';
