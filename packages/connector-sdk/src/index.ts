export type { BatchResult, BatchWriterOptions, Rejected, RetryPolicy } from './batch-options.js';
export { batchWriter } from './batch-writer.js';
export { ByteReader } from './byte-reader.js';
export { ByteWriter } from './byte-writer.js';
export type { CheckpointLease, CheckpointReader, CheckpointStorage, WithinPublication } from './checkpoint-storage.js';
export { type Codec, defineCodec } from './codec.js';
export type { Clock, Logger, Metrics, PluginContext, ReportFields } from './context.js';
export { type Duration, type DurationUnit, milliseconds } from './duration.js';
export { SluiceError, type SluiceErrorDetails } from './error.js';
export { bytes, type Decoder, type Encoder, type Format, json, text } from './format.js';
export { type OptionChecks, optionChecks, shownOption } from './option-checks.js';
export type { PoisonPolicyOf, SideTarget } from './poison-policy.js';
export {
  type AtLeastOnceSink,
  type CommitResult,
  type Committer,
  defineSink,
  type IdempotentSink,
  type Sink,
  type SinkContext,
  type SinkWriter,
  type SupportsWriterState,
  type Transaction,
  type TransactionalSink,
  type TransactionalWriter,
} from './sink.js';
export {
  defineSource,
  type Source,
  type SourceBatch,
  type SourceReader,
  type SourceSideOutput,
  type SourceSplit,
} from './source.js';
export type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.js';
export type {
  KeyedState,
  KeyGroupRange,
  KeyIds,
  StateBackend,
  StateCapture,
  StateStore,
  StateTable,
} from './state-backend.js';
export { structuredCodec } from './structured-codec.js';
export { readStructured } from './structured-read.js';
export { writeStructured } from './structured-write.js';
