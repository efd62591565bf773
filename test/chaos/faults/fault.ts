/** Places between two steps of the protocol at which something can happen to the job's process. */
export type Point =
  | 'afterWrite'
  | 'afterPrepareSent'
  | 'afterPrepareAcknowledged'
  | 'afterStatePersisted'
  | 'afterManifestPublished'
  | 'afterFirstOfSeveralCommits'
  | 'afterCommitSent'
  | 'afterCommitBeforeAcknowledgement';

/** At which a process can wait. */
export type HoldPoint = Exclude<Point, 'afterWrite'>;

/** Of one process: it happens once, at the `nth` time that the place is passed, counted from 1. */
export type Fault =
  /** The process kills itself with SIGKILL, `delay` ms after the place was reached. */
  | { readonly kind: 'kill'; readonly point: Point; readonly nth: number; readonly delay: number }
  /** The process tells its parent that it is there, and waits to be told to go on. */
  | { readonly kind: 'hold'; readonly point: HoldPoint; readonly nth: number }
  /** The connection breaks: before the commit's answer has been read, `executed` or just sent. All of these times. */
  | { readonly kind: 'loseAnswer'; readonly nths: readonly number[]; readonly executed: boolean }
  /** The transaction is gone when its last statement is sent: because a statement in it failed, or because it was rolled back. */
  | { readonly kind: 'abortTransaction'; readonly nth: number; readonly how: 'failed statement' | 'rollback' };

/** Mistakes that a connector could make; the judge has to notice each. */
export type Mistake =
  /** Transactions look neither whose turn it is nor whether they have been committed before. */
  | 'ignores fence and ledger'
  /** PREPARE or COMMIT was answered, so it was done. */
  | 'ignores the command tag'
  | 'commits before the manifest'
  | 'drops a committable'
  /** Each commit goes by a name of its own, under which nothing is known to have been committed. */
  | 'ignores the ledger'
  /** The position is the one of the last element, not the one behind it. */
  | 'position off by one'
  /** Where the position is gone, the source goes on at the first one that is there. */
  | 'resets silently';
