import type { OutgoingRecord } from '../client/producer.js';
import type { Commits, Fence } from './ledger-entry.js';

/** All entries are in one partition, so that it does not matter how many partitions the topic is given later. */
export const LEDGER_PARTITION = 0;

/** An entry as it stands in the ledger topic. */
export type LedgerEntry =
  | { readonly kind: 'fence'; readonly transactionalId: string; readonly fence: Fence }
  | {
      readonly kind: 'commits';
      readonly transactionalId: string;
      readonly incarnation: string;
      readonly commits: Commits;
    };

/** JSON, for those who look with Kafka's own tools. */
export function ledgerRecord(topic: string, entry: LedgerEntry): OutgoingRecord {
  const key =
    entry.kind === 'fence'
      ? [entry.kind, entry.transactionalId]
      : [entry.kind, entry.transactionalId, entry.incarnation];
  const value = entry.kind === 'fence' ? entry.fence : entry.commits;
  return { topic, partition: LEDGER_PARTITION, key: bytesOf(key), value: bytesOf(value) };
}

/** Undefined: what nobody of ours has written. */
export function ledgerEntry(key: Uint8Array | null, value: Uint8Array | null): LedgerEntry | undefined {
  const [kind, transactionalId, incarnation] = listOf(parse(key));
  const fields = parse(value);
  if (typeof transactionalId !== 'string' || typeof fields !== 'object' || fields === null) return undefined;
  if (kind === 'fence' && isFence(fields)) return { kind, transactionalId, fence: fields };
  if (kind !== 'commits' || typeof incarnation !== 'string' || !isCommits(fields)) return undefined;
  return { kind, transactionalId, incarnation, commits: fields };
}

function isFence(fields: object): fields is Fence {
  const { incarnation, epoch } = fields as Partial<Record<keyof Fence, unknown>>;
  return typeof incarnation === 'string' && isCount(epoch);
}

function isCommits(fields: object): fields is Commits {
  const { newest, dropped } = fields as Partial<Record<keyof Commits, unknown>>;
  const pairs = listOf(newest).every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isCount));
  return Array.isArray(newest) && pairs && isCount(dropped);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parse(bytes: Uint8Array | null): unknown {
  if (bytes === null) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
