import { createHash } from 'node:crypto';

/** Whose rows: the sink of one job (its operator's uid) in one incarnation. */
export interface SinkIdentity {
  readonly job: string;
  readonly sink: string;
  readonly incarnation: string;
}

/** One transaction of one subtask: what a ledger row proves. */
export interface TransactionIdentity extends SinkIdentity {
  readonly epoch: number;
  readonly subtask: number;
  readonly checkpoint: number;
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

export function sinkHash({ job, sink }: Pick<SinkIdentity, 'job' | 'sink'>): string {
  return hash(job, sink);
}

export function incarnationHash(incarnation: string): string {
  return hash(incarnation);
}

/** How the sessions of one run are known to the server, at most 63 bytes: a successor ends those of older epochs by it. */
export function applicationName(identity: SinkIdentity, epoch: number): string {
  return `${sessionsOf(identity)}${incarnationHash(identity.incarnation)}_${epoch}`;
}

/** How the sessions of one lease of a checkpoint storage are known: they hold the fences of sinks while they publish rows. */
export function leaseApplicationName(incarnation: string, epoch: number): string {
  return `${leaseSessionsOf(incarnation)}${epoch}`;
}

/** The beginning of the names of the sessions of all leases of this incarnation. */
export function leaseSessionsOf(incarnation: string): string {
  return `sluice_lease_${incarnationHash(incarnation)}_`;
}

/** The beginning of the names of all sessions of this sink, whatever the run. */
export function sessionsOf(identity: Pick<SinkIdentity, 'job' | 'sink'>): string {
  return `sluice_${sinkHash(identity)}_`;
}
