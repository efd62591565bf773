/** Places of a publication with rows, and around it, at which the process is killed. */
export const KILL_POINTS = [
  'state being written',
  'transaction begun',
  'lease locked',
  'fence held',
  'proof written',
  'rows written',
  'rows being copied',
  'manifest written',
  'COMMIT sent',
  'COMMIT answered',
  'PREPARE sent',
  'COMMIT PREPARED sent',
  'COMMIT PREPARED answered',
  'any moment',
] as const;

export type KillPoint = (typeof KILL_POINTS)[number] | 'texts read' | 'rows inserted';

/** What a process of the job has to know. */
export interface KillPlan {
  readonly url: string;
  readonly schema: string;
  readonly job: string;
  readonly count: number;
  /** A mistake that the judge has to notice: rows are committed after their checkpoint. */
  readonly apart?: boolean;
  readonly kill?: { readonly point: KillPoint; readonly nth: number; readonly delay: number };
}

interface Place {
  readonly statement: RegExp;
  /** `sent`: the kernel has it, the server may or may not have executed it. */
  readonly when: 'sent' | 'answered';
  /** Only in the transaction that publishes a checkpoint. */
  readonly publishing?: boolean;
}

export const PLACES: Readonly<Record<Exclude<KillPoint, 'any moment'>, Place>> = {
  'state being written': { statement: /sluice_checkpoint_parts/, when: 'sent' },
  'transaction begun': { statement: /^BEGIN$/, when: 'answered', publishing: true },
  'lease locked': { statement: /^UPDATE .*sluice_checkpoint_leases/, when: 'answered' },
  'fence held': { statement: /sluice_fence.* FOR SHARE$/, when: 'answered', publishing: true },
  'proof written': { statement: /^INSERT INTO \S*sluice_ledger/, when: 'answered', publishing: true },
  'rows written': { statement: /^INSERT INTO \S*"(entries|totals)"/, when: 'answered', publishing: true },
  'rows being copied': { statement: /^COPY /, when: 'sent', publishing: true },
  'manifest written': { statement: /^INSERT INTO .*sluice_checkpoint_manifests/, when: 'answered', publishing: true },
  'COMMIT sent': { statement: /^COMMIT$/, when: 'sent', publishing: true },
  'COMMIT answered': { statement: /^COMMIT$/, when: 'answered', publishing: true },
  'PREPARE sent': { statement: /^PREPARE TRANSACTION/, when: 'sent' },
  'COMMIT PREPARED sent': { statement: /^COMMIT PREPARED/, when: 'sent' },
  'texts read': { statement: /^SELECT \(SELECT count\(/, when: 'answered' },
  'rows inserted': { statement: /^INSERT INTO \S*"r_/, when: 'answered' },
  'COMMIT PREPARED answered': { statement: /^COMMIT PREPARED/, when: 'answered' },
};
