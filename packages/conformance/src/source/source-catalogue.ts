import type { CaseText } from '../kit/case.js';

const CASES = {
  'options-are-validated': {
    title: 'wrong options are refused when the source is made, by a SluiceError with a remedy',
    mistake: 'options are first looked at when the first split is read',
    remedy: 'check every option in the function that makes the source',
  },
  'unreachable-is-a-clear-error': {
    title: 'a server that is not there is told by a SluiceError, and no secret is told',
    mistake: "the driver's error is passed on as it is, or the client retries for ever",
    remedy: 'give logins a time limit and wrap what they fail with; never put a URL into a message',
  },
  'discover-is-stable': {
    title: 'discover() answers the same ids each time, each once, and splits survive their codec',
    mistake: 'ids are made from a counter or the order of a listing, so that a restart finds no position for them',
    remedy: 'make ids from the names of partitions, shards or files',
  },
  'reads-everything': {
    title: 'every element is read, unchanged',
    mistake: 'the last page of a listing or the last batch of a split is left behind',
    remedy: 'look at what is left when the server says that there is no more',
  },
  'order-is-kept': {
    title: 'elements of one key come in the order in which they were put there',
    mistake: 'pages are fetched ahead of each other and given out as they come',
    remedy: 'give out what was asked for first, first',
  },
  'batches-are-well-formed': {
    title: 'batches hold as many timestamps as values, no more than they may, and do not change before the next pull',
    mistake: 'one array is filled again and again while the engine still reads it',
    remedy: 'give each batch arrays of its own, and cut it at the bound',
  },
  'replays-from-any-position': {
    title: 'reading on from the position behind an element gives exactly what followed it',
    mistake:
      'positionAfter() answers the position of the element instead of the one behind it, or that of the whole batch',
    remedy: 'answer where to read on when `values[index]` has been emitted',
  },
  'ends-behind-the-last': {
    title: 'from the position behind the last element nothing comes again',
    mistake: 'the end of the last batch is not the end of the split',
    remedy: 'let the position behind the last element be the end of everything that was read',
  },
  'follows-new-elements': {
    title: 'elements that are put there while the source waits are delivered',
    mistake: 'the end of what there is is taken for the end of the split',
    remedy: 'look again, or let the server tell',
  },
  'waits-without-loss': {
    title: 'a reader that is not pulled for a while loses and repeats nothing',
    mistake: 'the server takes the pause for a death and gives the split to somebody else, or a buffer overflows',
    remedy: 'stop fetching while nobody pulls, and keep the session alive beside it',
  },
  'lets-go': {
    title: 'return() and the end of the run end a reader that waits, in time',
    mistake: 'a request that waits for new elements does not know the signal',
    remedy: 'give the signal to everything that waits',
  },
  rescale: {
    title: 'a reader of another subtask goes on exactly at a checkpointed position',
    mistake: 'part of the position is kept in the reader or under the name of the subtask',
    remedy: 'put everything that reading on needs into the position',
  },
  'acknowledge-is-repeatable': {
    title: 'checkpointComplete() may come twice, late, or for splits that were read long ago',
    mistake: 'positions are committed as differences, or a late notice moves the committed position back',
    remedy: 'write absolute positions, and take a failure to publish them for a warning',
  },
  'poison-is-told': {
    title: 'a record that cannot be decoded goes where the policy says, and the ones behind it are read',
    mistake: 'the error of the decoder ends the split, or the record is dropped without a word',
    remedy: 'decode each record by itself, and tell what cannot be decoded',
  },
  'closes-in-time': {
    title: 'close() ends, fresh or in the middle of a batch, twice or after the end of the run',
    mistake: 'close() waits for a batch that nobody pulls',
    remedy: 'end the connections, and remember that it was done',
  },
  'leaves-nothing-open': {
    title: 'connections, files and timers are gone after close()',
    mistake: 'discover() opens a connection of its own, or a split that was left in the middle keeps its file',
    remedy: 'close what read() opened in a `finally`, and everything else in close()',
  },
  'connection-loss': {
    title: 'a job whose connections are cut delivers everything, once',
    mistake: 'an error event of the driver that nobody listens to ends the process, or the reader goes on behind a gap',
    remedy: 'let a lost connection fail the read, or read on from the last element that was given out',
  },
} as const satisfies Readonly<Record<string, CaseText>>;

/** Cases of a source that need no kill. */
export type SourceCaseName = keyof typeof CASES;

export const sourceCatalogue: Readonly<Record<SourceCaseName, CaseText>> = CASES;
