import { ByteReader, ByteWriter, type Codec, defineCodec, SluiceError } from '@sluice/connector-sdk';
import type { KafkaCommittable } from './committable.js';
import { isTopic } from './sink-settings.js';

const VERSION = 1;
const LARGEST_PARTITION = 0x7fff_ffff;

/** Checkpoints are data from outside: names are checked as options are, lengths before anything is cut. */
export const committableCodec: Codec<KafkaCommittable> = defineCodec<KafkaCommittable>({
  version: VERSION,
  encode({ transaction, batches }) {
    const { job, sink, incarnation, epoch, subtask, checkpoint } = transaction;
    const writer = new ByteWriter(batches.reduce((sum, { bytes }) => sum + bytes.length + 64, 1_024));
    for (const name of [job, sink, incarnation]) writer.string(name);
    for (const number of [epoch, subtask, checkpoint, batches.length]) writer.varint(number);
    for (const { topic, partition, records, bytes } of batches) {
      writer.string(topic);
      writer.varint(partition);
      writer.varint(records);
      writer.bytes(bytes);
    }
    return writer.finish();
  },
  decode(version, bytes) {
    if (version !== VERSION) throw unreadable(`version ${version}`);
    const reader = new ByteReader(bytes);
    const [job, sink, incarnation] = [reader.string(), reader.string(), reader.string()];
    const [epoch, subtask, checkpoint] = [reader.varint(), reader.varint(), reader.varint()];
    const count = reader.count(4);
    const batches = Array.from({ length: count }, () => {
      const topic = reader.string();
      const partition = reader.varint();
      const records = reader.varint();
      if (!isTopic(topic) || partition > LARGEST_PARTITION) throw unreadable('no topic and partition');
      return { topic, partition, records, bytes: reader.bytes() };
    });
    reader.end();
    return { transaction: { job, sink, incarnation, epoch, subtask, checkpoint }, batches };
  },
});

function unreadable(actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_COMMITTABLE',
    component: 'kafkaSink',
    expected: `a committable as this sink writes it, version ${VERSION}`,
    actual,
    remedy:
      'restore with the version of @sluice/kafka that wrote the checkpoint, and give the operator to the sink that it was of',
  });
}
