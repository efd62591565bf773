import { type Codec, defineCodec, SluiceError } from '@sluice/connector-sdk';
import { bucketFolders } from './bucket.js';
import { isPartName } from './part-name.js';

/** What a checkpoint keeps of one part file. */
export interface PartCommittable {
  /** `finished`: to be made visible. `open`: goes on being written, from `bytes` on. */
  readonly kind: 'finished' | 'open';
  /** Whose work it is in: see `RunFolder`. */
  readonly incarnation: string;
  readonly bucket: string;
  readonly name: string;
  /** As many as belong to the checkpoint. */
  readonly bytes: number;
  /** When the part was begun, epoch milliseconds. */
  readonly createdAt: number;
}

const INCARNATION = /^[A-Za-z0-9_-]{1,64}$/;

/** Checkpoints are data from outside: no name that it decodes leads out of the directory. */
export const partCommittableCodec: Codec<PartCommittable> = defineCodec({
  version: 1,
  encode: ({ kind, incarnation, bucket, name, bytes, createdAt }) =>
    Buffer.from(JSON.stringify({ kind, incarnation, bucket, name, bytes, createdAt })),
  decode(version, bytes) {
    if (version !== 1) throw unreadable(`version ${version}`);
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(bytes).toString('utf8'));
    } catch {
      throw unreadable('bytes that are no JSON');
    }
    if (!isCommittable(value)) throw unreadable('something of another shape');
    return value;
  },
});

export function isIncarnation(value: unknown): value is string {
  return typeof value === 'string' && INCARNATION.test(value);
}

function isCommittable(value: unknown): value is PartCommittable {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, incarnation, bucket, name, bytes, createdAt } = value as Partial<Record<string, unknown>>;
  return (
    (kind === 'finished' || kind === 'open') &&
    isIncarnation(incarnation) &&
    isPartName(name) &&
    isBucket(bucket) &&
    Number.isSafeInteger(bytes) &&
    (bytes as number) >= 0 &&
    Number.isFinite(createdAt)
  );
}

function isBucket(bucket: unknown): boolean {
  try {
    bucketFolders('fileSink', bucket);
    return true;
  } catch {
    return false;
  }
}

function unreadable(actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_COMMITTABLE',
    component: 'fileSink',
    expected: 'a part file as this sink keeps it in a checkpoint',
    actual,
    remedy: 'restore with the version that wrote the checkpoint, into the sink that it was of',
  });
}
