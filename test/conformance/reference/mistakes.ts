/** Mistakes of a transactional sink. */
export type TransactionMistake =
  | 'commits early'
  | 'forgets a handle'
  | 'keeps handles in memory'
  | 'commit is not idempotent'
  | 'ignores the fence'
  | 'acknowledges before durable'
  | 'repeats after recover'
  | 'leaves orphans'
  | 'recovers its own subtask only'
  | 'mixes epochs'
  | 'aborts nothing'
  | 'takes any version'
  | 'reorders'
  | 'trims texts'
  | 'never full'
  | 'throws away what comes while it is full'
  | 'swallows an item error'
  | 'leaks a connection'
  | 'hangs on close'
  | 'options are not validated';

/** Mistakes of a sink that only writes. */
export type WriterMistake =
  | 'loses the last batch on flush'
  | 'acknowledges before durable'
  | 'forgets what comes during a flush'
  | 'waits for a full batch'
  | 'batches overtake each other'
  | 'ignores what a run before it wrote'
  | 'adds up'
  | 'key from a counter'
  | 'swallows an item error'
  | 'fails when it is closed twice';

/** Mistakes of a source. */
export type SourceMistake =
  | 'position off by one'
  | 'position skips one'
  | 'position of the whole batch'
  | 'ignores its position'
  | 'goes on from where it was, not from the checkpoint'
  | 'loses the last batch'
  | 'reorders'
  | 'uses its array again'
  | 'loses its place in a pause'
  | 'larger batches than it says'
  | 'new ids at each look'
  | 'goes on after its end'
  | 'swallows poison'
  | 'leaks a file'
  | 'hangs on close';
