export type { KafkaConnectionOptions } from './client/connection-options.js';
export type { CompressionCodec, CompressionName, CompressionOptions } from './compression/compression-codec.js';
export { gzip } from './compression/gzip.js';
export type { KafkaCommittable, TransactionIdentity } from './sink/committable.js';
export { kafkaSink } from './sink/kafka-sink.js';
export type { RecordBatch } from './sink/record-batch.js';
export type { KafkaAtLeastOnceSinkOptions, KafkaRecordOptions, KafkaSinkOptions } from './sink/sink-options.js';
