import { createHash } from 'node:crypto';

/** Who writes: one subtask of one sink in one run. */
export interface RunIdentity {
  readonly job: string;
  readonly uid: string;
  readonly incarnation: string;
  readonly epoch: number;
  readonly subtask: number;
}

const DIGITS = 6;
const PART = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}-[0-9a-f]{8}-\d{6,16}-\d{1,6}-\d{6,16}(?:\.[A-Za-z0-9.]{1,40})?$/;

/** `<prefix>-<sink and incarnation>-<epoch>-<subtask>-<number>`: unique, and in the order of writing when sorted. */
export function partName(prefix: string, identity: RunIdentity, index: number, extension: string): string {
  const { job, uid, incarnation, epoch, subtask } = identity;
  return `${prefix}-${digest([job, uid, incarnation], 8)}-${padded(epoch)}-${subtask}-${padded(index)}${extension}`;
}

export function isPartName(name: unknown): name is string {
  return typeof name === 'string' && PART.test(name);
}

/** The folder of a sink among those of other sinks of the same directory. */
export function sinkFolder({ job, uid }: Pick<RunIdentity, 'job' | 'uid'>): string {
  return digest([job, uid], 16);
}

function digest(parts: readonly string[], length: number): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, length);
}

function padded(count: number): string {
  return String(count).padStart(DIGITS, '0');
}
