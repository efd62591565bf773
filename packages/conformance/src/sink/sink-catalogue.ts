import type { CaseText } from '../kit/case.js';

const CASES = {
  'options-are-validated': {
    title: 'wrong options are refused when the sink is made, by a SluiceError with a remedy',
    mistake: 'options are first looked at when the first element comes, hours after the start',
    remedy: 'check every option in the function that makes the sink',
  },
  'unreachable-is-a-clear-error': {
    title: 'a server that is not there is told before anything starts, by a SluiceError, and no secret is told',
    mistake: "the driver's error is passed on as it is, with the URL and its password, or the client retries for ever",
    remedy: 'give logins a time limit and wrap what they fail with; never put a URL into a message',
  },
  'check-passes': {
    title: 'check() accepts a system that is as it should be',
    mistake: 'check() looks for something that only a later step makes',
    remedy: 'let check() look only at what has to be there before the start',
  },
  'delivers-everything': {
    title: 'a job delivers every element, unchanged',
    mistake: 'quotes, line ends or characters beyond ASCII are not escaped, or the end of the input is not flushed',
    remedy: 'bind values instead of quoting them, and write what is left in flush() or prepare()',
  },
  'order-is-kept': {
    title: 'elements of one key are kept in the order in which they were written',
    mistake: 'several batches are in flight at once, or a retried element goes behind later ones',
    remedy: 'one batch in flight for each key (`maxInFlight: 1`), retries included',
  },
  'flush-is-durable': {
    title: 'everything written before flush() is there when it resolves, whatever the number of elements',
    mistake: 'the last batch, which is not full, is left behind, or flush() resolves before the server has answered',
    remedy: 'flush() sends the batch that is being collected and waits for all that are in flight',
  },
  'flush-while-writing': {
    title: 'elements that arrive during a flush are not lost, and do not hold it up',
    mistake: 'flush() clears the buffer when it is done, and with it what came meanwhile',
    remedy: 'take the buffer away before the first await, and begin a new one',
  },
  'epochs-of-any-size': {
    title: 'epochs of no, one and many elements, just below and above any batch, are complete',
    mistake: 'a batch that is exactly full is sent twice or not at all, or nothing cannot be prepared',
    remedy: 'count again at the bounds; nothing written is nothing to do, not an error',
  },
  backpressure: {
    title: 'a writer that gets more than it can send says that it is full, and loses nothing',
    mistake:
      'write() answers undefined for ever and the process dies of memory, or throws away what comes while it is full',
    remedy:
      'answer a promise as soon as a bound is reached, resolve it when there is room, and take elements in between',
  },
  'nothing-visible-before-commit': {
    title: 'what is written and prepared cannot be seen before commit()',
    mistake: 'the rows are written straight into their table, or prepare() commits',
    remedy: 'write into an open transaction or aside, and move it into view in commit()',
  },
  'every-committable-counts': {
    title: 'the committables that prepare() answers, sent through the codec, are all that another process needs',
    mistake: 'a handle is forgotten, or kept in a variable of the writer, which a crash takes away',
    remedy: 'put everything that commit() needs into the committable, and answer all of them',
  },
  'committable-codec': {
    title: 'committables survive their codec, and a newer version is refused',
    mistake: 'decode() ignores the version and guesses',
    remedy: 'throw for a version that is not known',
  },
  'commit-is-idempotent': {
    title: 'the same committable, committed again by the same or another committer, changes nothing',
    mistake: 'commit() appends without looking whether it has done so before',
    remedy: 'write a ledger row, or use a name that is taken once, in the transaction that makes the rows visible',
  },
  'epochs-do-not-mix': {
    title: 'elements that follow a barrier are not in the transaction before it, even while that is being prepared',
    mistake: 'the writer has one buffer for all transactions',
    remedy: 'keep everything of an epoch in its Transaction object',
  },
  'abort-leaves-nothing': {
    title: 'an aborted transaction leaves nothing behind, at whatever moment it is aborted',
    mistake: 'abort() comes before the first write has opened the real transaction, which then stays open',
    remedy: 'remember that it was aborted, and wait for what is on its way before rolling back',
  },
  'recover-rolls-back-the-rest': {
    title: 'what an earlier run prepared and the checkpoint does not hold is rolled back, and holds up nobody',
    mistake: 'orphans are left, and hold the locks that the replay of the same elements needs',
    remedy: 'in recover(), list what is ours and is not among `restored`, and roll it back',
  },
  'leaves-no-transactions': {
    title: 'no transaction of an earlier run, prepared or open, is left once a new one has recovered',
    mistake: 'orphans stay in the system for ever: they take its slots, hold its locks and keep it from cleaning up',
    remedy: 'in recover(), list what is ours and is not among `restored`, and roll it back',
  },
  'recover-is-repeatable': {
    title: 'recover() may be called again with the same committables, after a crash halfway, and repeats nothing',
    mistake: 'recover() commits, and so does commit() after it',
    remedy: 'let both go through the same proof of what has been committed',
  },
  rescale: {
    title: 'committables of several subtasks are recovered by one, and of one by several',
    mistake: 'recover() looks only for what its own subtask left, so nobody does for those that are gone',
    remedy: 'make identifiers of transactions hold job, sink and epoch, and look for them without the subtask',
  },
  fencing: {
    title: 'a run that has been replaced changes nothing any more',
    mistake: 'the epoch is not compared when it is written, only when the run starts',
    remedy: 'compare the epoch in the same transaction or statement that writes',
  },
  'key-is-deterministic': {
    title: 'the key of an element is a function of the element alone',
    mistake: 'a counter, the clock or a random id is part of it, so that a replay writes under another key',
    remedy: 'make keyOf() from fields of the element',
  },
  'replay-changes-nothing': {
    title: 'writing elements again, from an earlier one on, ends with the same values',
    mistake: 'values are added up or appended in the system instead of replaced',
    remedy: 'write absolute values under their key',
  },
  'poison-is-told': {
    title: 'an element that the system refuses is rejected, or fails the run; the others are delivered',
    mistake: 'the answer of the server is taken as a whole, and what it says of single elements is not looked at',
    remedy: 'look at every answer of a batch; context.reject(value, cause) what can never be written',
  },
  'closes-in-time': {
    title: 'close() ends, fresh or full, twice or after the end of the run',
    mistake: 'close() waits for something that only a flush or a connection would bring',
    remedy: 'give up what was not flushed, end the connections, and remember that it was done',
  },
  'leaves-nothing-open': {
    title: 'connections, files and timers are gone after close()',
    mistake: 'the committer or a pool has a connection of its own that nobody closes',
    remedy: 'close in close() everything that open() and openCommitter() opened, also when they fail halfway',
  },
  'connection-loss': {
    title: 'a job whose connections are cut ends with the right result',
    mistake:
      'an error event of the driver that nobody listens to ends the process, or a lost answer is taken for a yes',
    remedy: 'listen to errors of idle connections, and let what is in doubt fail: the run is started again',
  },
} as const satisfies Readonly<Record<string, CaseText>>;

/** Cases of a sink that need no kill. */
export type SinkCaseName = keyof typeof CASES;

export const sinkCatalogue: Readonly<Record<SinkCaseName, CaseText>> = CASES;
