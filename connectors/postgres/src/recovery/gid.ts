import { incarnationHash, sinkHash, type TransactionIdentity } from './identity.js';

/**
 * The identifier of a prepared transaction: `<prefix>_<job and sink>_<incarnation>_<epoch>_<subtask>_<checkpoint>`. It stands as a literal
 * in its statement, so it is made of these characters only; 200 bytes is the server's limit, and it stays far below.
 */
export function gidOf(prefix: string, transaction: TransactionIdentity): string {
  const { incarnation, epoch, subtask, checkpoint } = transaction;
  return `${prefix}_${sinkHash(transaction)}_${incarnationHash(incarnation)}_${epoch}_${subtask}_${checkpoint}`;
}

const GID = /^[a-z0-9-]{1,32}_[0-9a-f]{16}_([0-9a-f]{16})_([0-9]{1,16})_[0-9]{1,16}_[0-9]{1,16}$/;

export function isGid(text: unknown): text is string {
  return typeof text === 'string' && GID.test(text);
}

/** Undefined for an identifier that `gidOf` did not make. */
export function runOfGid(gid: string): { readonly incarnationHash: string; readonly epoch: number } | undefined {
  const match = GID.exec(gid);
  return match ? { incarnationHash: match[1] ?? '', epoch: Number(match[2]) } : undefined;
}
