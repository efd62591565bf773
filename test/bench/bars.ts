import type { ArmName } from './arms.js';

/** Two arms of one run, and how one must compare with the other. */
export interface Bar {
  readonly ours: ArmName;
  readonly other: ArmName;
  /** What the other arm is, for people. */
  readonly against: string;
  /** The ratio at which the bar is met: always the greater the better. */
  readonly target: number;
  readonly unit: Unit;
  /** How the other arm was tuned, as its own users would: printed beside its figure. */
  readonly tuning?: string;
  /** The ratio is told beside its target, which is no bar that has to be met. */
  readonly reported?: boolean;
}

/** Elements by wall or by CPU time (ours ÷ other), or something that is better when there is less of it (other ÷ ours). */
export type Unit = 'M elements/s' | 'M elements/CPU s' | 'ms' | 'bytes';

/** How Flink was tuned: peers/jvm/README.md says why. */
const FLINK =
  'one slot, events in memory, object reuse, heap state, POJO serializers (no Kryo), fields that are not needed left out before the network, buffers go on when full, ParallelGC, 4 GB, a job of up to 4 s before in the same JVM';

export const BARS = {
  q1: {
    ours: 'q1-job',
    other: 'q1-rxjs',
    against: 'plain RxJS map',
    target: 0.95,
    unit: 'M elements/s',
  },
  'q2-rxjs': {
    ours: 'q2-job',
    other: 'q2-rxjs',
    against: 'plain RxJS filter and map',
    target: 0.95,
    unit: 'M elements/s',
    reported: true,
  },
  'q2-loop': {
    ours: 'q2-job',
    other: 'q2-loop',
    against: 'a loop by hand',
    target: 0.5,
    unit: 'M elements/s',
    reported: true,
  },
  pipeline: {
    ours: 'pipeline-job',
    other: 'pipeline-loop',
    against: 'a loop by hand',
    target: 0.5,
    unit: 'M elements/s',
  },
  'q17-loop': {
    ours: 'q17-job',
    other: 'q17-loop',
    against: 'a loop by hand',
    target: 0.5,
    unit: 'M elements/s',
  },
  'q17-rxjs': {
    ours: 'q17-job',
    other: 'q17-rxjs',
    against: 'RxJS groupBy, mergeMap, scan',
    target: 30,
    unit: 'M elements/s',
  },
  'q18-loop': {
    ours: 'q18-job',
    other: 'q18-loop',
    against: 'a loop by hand',
    target: 0.5,
    unit: 'M elements/s',
  },
  'q19-loop': {
    ours: 'q19-job',
    other: 'q19-loop',
    against: 'a loop by hand',
    target: 0.5,
    unit: 'M elements/s',
    reported: true,
  },
  pause: {
    ours: 'pause-job',
    other: 'pause-serialize',
    against: 'v8.serialize of the same state',
    target: 60,
    unit: 'ms',
  },
  restore: {
    ours: 'restore-job',
    other: 'restore-deserialize',
    against: 'v8.deserialize of the same state',
    target: 1.667,
    unit: 'ms',
    tuning:
      'ours from the start of the job to its first element out, files verified; theirs a file read in one call and deserialized',
  },
  'incremental-bytes': {
    ours: 'incremental-changes',
    other: 'incremental-whole',
    against: 'the same checkpoint with everything',
    target: 33.3,
    unit: 'bytes',
  },
  'checkpoints-100k': {
    ours: 'checkpoints-100k-on',
    other: 'checkpoints-100k-off',
    against: 'the same without checkpoints',
    target: 0.95,
    unit: 'M elements/s',
  },
  'checkpoints-1m': {
    ours: 'checkpoints-1m-on',
    other: 'checkpoints-1m-off',
    against: 'the same without checkpoints',
    target: 0.9,
    unit: 'M elements/s',
  },
  'checkpoints-1m-uniform': {
    ours: 'checkpoints-uniform-on',
    other: 'checkpoints-uniform-off',
    against: 'the same without checkpoints: every key changes between two of them',
    target: 0.9,
    unit: 'M elements/s',
    reported: true,
  },
  'heap-per-key': {
    ours: 'heap-job',
    other: 'heap-map',
    against: 'bare Maps of accumulators',
    target: 0.77,
    unit: 'bytes',
    tuning: 'the Maps of the loop by hand: seven fields to an accumulator',
  },
  panes: {
    ours: 'panes-100',
    other: 'panes-5',
    against: 'the same with 5 panes a window instead of 100',
    target: 0.7,
    unit: 'M elements/s',
  },
  'q5-loop': {
    ours: 'q5-job',
    other: 'q5-loop',
    against: 'a loop by hand: counters by slide, added up at the end of windows',
    target: 0.5,
    unit: 'M elements/s',
  },
  'q7-loop': {
    ours: 'q7-job',
    other: 'q7-loop',
    against: 'a loop by hand',
    target: 0.5,
    unit: 'M elements/s',
  },
  'q11-loop': {
    ours: 'q11-job',
    other: 'q11-loop',
    against: 'a loop by hand: sessions in a Map',
    target: 0.4,
    unit: 'M elements/s',
  },
  'q3-loop': {
    ours: 'q3-job',
    other: 'q3-loop',
    against: 'a loop by hand',
    target: 0.4,
    unit: 'M elements/s',
  },
  'q4-loop': {
    ours: 'q4-job',
    other: 'q4-loop',
    against: 'a loop by hand: the highest bid of each auction in a Map; no bid is kept',
    target: 0.4,
    unit: 'M elements/s',
  },
  'q8-loop': {
    ours: 'q8-job',
    other: 'q8-loop',
    against: 'a loop by hand: the people of a window in a Map, its auctions in an array',
    target: 0.4,
    unit: 'M elements/s',
  },
  'asyncMap-length': {
    ours: 'async-200k',
    other: 'async-10k',
    against: 'the same in streams of 10,000 elements',
    target: 0.91,
    unit: 'M elements/s',
  },
  'asyncMap-rxjs': {
    ours: 'async-200k',
    other: 'async-rxjs',
    against: 'RxJS mergeMap(async, 64)',
    target: 20,
    unit: 'M elements/s',
  },
  'count-bytewax': {
    ours: 'count-job',
    other: 'count-bytewax',
    against: 'Bytewax',
    target: 10,
    unit: 'M elements/s',
    tuning:
      'one worker, no recovery, batches of 2,000 from memory, keys by the batch, stateful_batch: stateful_map is a third slower',
  },
  'count-nodefluent': {
    ours: 'count-job',
    other: 'count-nodefluent',
    against: 'kafka-streams of nodefluent',
    target: 25,
    unit: 'M elements/s',
    tuning:
      'countByKey on its KStorage in memory, bids written to the stream 100 at a time, more of them when these have come out: from fromMost or all at once it is 4 to 8 times slower',
  },
  'q4-flink': {
    ours: 'q4-job',
    other: 'q4-flink',
    against: 'Flink 2.2',
    target: 1.5,
    unit: 'M elements/s',
    tuning: FLINK,
  },
  'q4-flink-cpu': {
    ours: 'q4-job',
    other: 'q4-flink',
    against: 'Flink 2.2',
    target: 2,
    unit: 'M elements/CPU s',
    tuning: FLINK,
  },
  'q5-flink': {
    ours: 'q5-job',
    other: 'q5-flink',
    against: 'Flink 2.2',
    target: 1.5,
    unit: 'M elements/s',
    tuning: FLINK,
  },
  'q5-flink-cpu': {
    ours: 'q5-job',
    other: 'q5-flink',
    against: 'Flink 2.2',
    target: 2,
    unit: 'M elements/CPU s',
    tuning: FLINK,
  },
  'q7-flink': {
    ours: 'q7-job',
    other: 'q7-flink',
    against: 'Flink 2.2',
    target: 1.5,
    unit: 'M elements/s',
    tuning: FLINK,
  },
  'q7-flink-cpu': {
    ours: 'q7-job',
    other: 'q7-flink',
    against: 'Flink 2.2',
    target: 2,
    unit: 'M elements/CPU s',
    tuning: FLINK,
  },
  'q8-flink': {
    ours: 'q8-job',
    other: 'q8-flink',
    against: 'Flink 2.2',
    target: 1.5,
    unit: 'M elements/s',
    tuning: FLINK,
  },
  'q8-flink-cpu': {
    ours: 'q8-job',
    other: 'q8-flink',
    against: 'Flink 2.2',
    target: 2,
    unit: 'M elements/CPU s',
    tuning: FLINK,
  },
  'q11-flink': {
    ours: 'q11-job',
    other: 'q11-flink',
    against: 'Flink 2.2',
    target: 1.5,
    unit: 'M elements/s',
    tuning: FLINK,
  },
  'q11-flink-cpu': {
    ours: 'q11-job',
    other: 'q11-flink',
    against: 'Flink 2.2',
    target: 2,
    unit: 'M elements/CPU s',
    tuning: FLINK,
  },
  'q17-flink': {
    ours: 'q17-job',
    other: 'q17-flink',
    against: 'Flink 2.2',
    target: 1.5,
    unit: 'M elements/s',
    tuning: FLINK,
  },
  'q17-flink-cpu': {
    ours: 'q17-job',
    other: 'q17-flink',
    against: 'Flink 2.2',
    target: 2,
    unit: 'M elements/CPU s',
    tuning: FLINK,
  },
  'q18-flink': {
    ours: 'q18-job',
    other: 'q18-flink',
    against: 'Flink 2.2',
    target: 1.5,
    unit: 'M elements/s',
    tuning: FLINK,
  },
  'q18-flink-cpu': {
    ours: 'q18-job',
    other: 'q18-flink',
    against: 'Flink 2.2',
    target: 2,
    unit: 'M elements/CPU s',
    tuning: FLINK,
  },
  'q17-checkpoints-flink': {
    ours: 'q17-checkpoints',
    other: 'q17-checkpoints-flink',
    against: 'Flink 2.2',
    target: 1.5,
    unit: 'M elements/s',
    tuning: FLINK,
  },
  'q1-flink': {
    ours: 'q1-job',
    other: 'q1-flink',
    against: 'Flink 2.2',
    target: 0.4,
    unit: 'M elements/s',
    tuning: FLINK,
    reported: true,
  },
  'q3-flink': {
    ours: 'q3-job',
    other: 'q3-flink',
    against: 'Flink 2.2',
    target: 0.4,
    unit: 'M elements/s',
    tuning: FLINK,
    reported: true,
  },
  'count-quix': {
    ours: 'count-kafka',
    other: 'count-quix',
    against: 'Quix Streams, from the same broker and topic',
    target: 5,
    unit: 'M elements/s',
    tuning:
      'no changelog topic, else its defaults: RocksDB, commits every 5 s; a store in memory or larger fetches were no faster',
  },
  'count-kafkats': {
    ours: 'count-kafka',
    other: 'count-kafkats',
    against: '@kafkats/flow, from the same broker and topic',
    target: 1.5,
    unit: 'M elements/s',
    tuning:
      'no changelog topic (it waits for each write to it), its store in memory, 5,000 records a poll, else its defaults: commits every 5 s',
  },
  'q1-after30': alone('q1-after-others', 'q1-job'),
  'pipeline-after30': alone('pipeline-after-others', 'pipeline-job'),
  'q3-after30': alone('q3-after-others', 'q3-job'),
  'q4-after30': alone('q4-after-others', 'q4-job'),
  'q5-after30': alone('q5-after-others', 'q5-job'),
  'q7-after30': alone('q7-after-others', 'q7-job'),
  'q8-after30': alone('q8-after-others', 'q8-job'),
  'q11-after30': alone('q11-after-others', 'q11-job'),
  'q17-after30': alone('q17-after-others', 'q17-job'),
  'q18-after30': alone('q18-after-others', 'q18-job'),
  flat: {
    ours: 'flat-100m',
    other: 'flat-1m',
    against: 'the same with a million elements',
    target: 0.9,
    unit: 'M elements/s',
  },
  'flat-heap': {
    ours: 'flat-100m',
    other: 'flat-1m',
    against: 'the heap after a million elements',
    target: 0.95,
    unit: 'bytes',
  },
  keys: {
    ours: 'keys-10m',
    other: 'keys-10k',
    against: 'the same with ten thousand keys; elements come for keys near each other',
    target: 0.5,
    unit: 'M elements/s',
  },
  'keys-anywhere': {
    ours: 'keys-anywhere-10m',
    other: 'keys-anywhere-10k',
    against: 'the same with ten thousand keys; each element misses the caches',
    target: 0.5,
    unit: 'M elements/s',
    reported: true,
  },
  'keys-anywhere-map': {
    ours: 'keys-map-10m',
    other: 'keys-map-10k',
    against: 'what a bare Map loses: no arm is ours',
    target: 0.5,
    unit: 'M elements/s',
    reported: true,
  },
  'count-kafka-streams': {
    ours: 'count-kafka',
    other: 'count-kafka-streams',
    against: 'Kafka Streams, from the same broker and topic',
    target: 1.2,
    unit: 'M elements/s',
    tuning:
      'store in memory with a cache that holds all counts, one thread, 10,000 records a poll, 4 MB a fetch, commits every 30 s as by default, a run before in the same JVM',
  },
  'count-kafka-streams-driver': {
    ours: 'count-job',
    other: 'count-kafka-streams-driver',
    against: 'Kafka Streams in its driver for tests, without a broker',
    target: 20,
    unit: 'M elements/s',
    tuning: 'store in memory, cache on, no log, only two numbers of each bid',
  },
  kafka: {
    ours: 'kafka-job',
    other: 'kafka-hand',
    against: 'kafkajs eachBatch and JSON.parse, from the same broker and topic',
    target: 0.9,
    unit: 'M elements/s',
    tuning:
      'ours is q17 with its offsets in a checkpoint every second; theirs parses and adds up, offsets committed every second',
  },
  redis: {
    ours: 'redis-job',
    other: 'redis-hand',
    against: 'pipelines of 1,000 HSET in ioredis',
    target: 0.9,
    unit: 'M elements/s',
    tuning:
      'one pipeline after the other; the same hashes at the end, without versions or a fence; ours sends two at a time',
  },
  elasticsearch: {
    ours: 'elasticsearch-job',
    other: 'elasticsearch-hand',
    against: 'bulk requests of 1,000 documents by the client',
    target: 0.9,
    unit: 'M elements/s',
    tuning: 'one request after the other, without versions; ours sends two at a time',
  },
  'kafka-postgres': {
    ours: 'kafka-postgres-job',
    other: 'kafka-postgres-hand',
    against: 'a bare consumer of kafkajs, windows in Maps, and plain transactions of 1,000 rows',
    target: 0.9,
    unit: 'M elements/s',
    tuning: 'rows by unnest in one prepared statement; offsets are committed once a second: a crash repeats rows',
  },
  latency: {
    ours: 'latency-job',
    other: 'latency-limit',
    against: 'the limit of 10 ms: 99th percentile at 10,000 elements a second into a Redis stream',
    target: 1,
    unit: 'ms',
    reported: true,
    tuning: 'the sink writes a batch when its first element is 1 ms old; until a reader of the stream has the element',
  },
} satisfies Record<string, Bar>;

export type BarName = keyof typeof BARS;

export const ALL_BARS = Object.keys(BARS) as readonly BarName[];

const those = (wanted: (bar: BarName) => boolean): readonly BarName[] => ALL_BARS.filter(wanted);

/** What may be asked for, and which bars that is. */
export const SELECTIONS: Readonly<Record<string, readonly BarName[]>> = {
  loops: those((bar) => bar.endsWith('-loop') || bar === 'pipeline'),
  after30: those((bar) => bar.endsWith('-after30')),
  asyncMap: those((bar) => bar.startsWith('asyncMap-')),
  flink: those((bar) => bar.includes('-flink')),
  connectors: ['kafka', 'redis', 'elasticsearch', 'latency', 'kafka-postgres'],
  peers: those((bar) => bar.includes('-flink') || bar.startsWith('count-')),
  q17: ['q17-loop', 'q17-rxjs', 'q17-after30'],
  flat: ['flat', 'flat-heap'],
  keys: ['keys', 'keys-anywhere', 'keys-anywhere-map'],
  ...Object.fromEntries(ALL_BARS.map((bar) => [bar, [bar]])),
};

/** What belongs together in a report, in its order. */
export const GROUPS: readonly { readonly title: string; readonly bars: readonly BarName[] }[] = grouped([
  ['With the real systems', (bar) => ['kafka', 'redis', 'elasticsearch', 'latency', 'kafka-postgres'].includes(bar)],
  ['Against other engines', (bar) => bar.includes('-flink') || bar.startsWith('count-')],
  ['No cliff', (bar) => bar.endsWith('-after30') || /^(flat|keys)/.test(bar)],
  ['Checkpoints and state', (bar) => /^(pause|restore|incremental|checkpoints|heap)/.test(bar)],
  ['Against plain code and RxJS', () => true],
]);

/** Each bar is in the first group that wants it; the last takes the rest, and is shown first. */
function grouped(groups: readonly (readonly [string, (bar: string) => boolean])[]) {
  const groupOf = (bar: BarName) => groups.findIndex(([, wanted]) => wanted(bar));
  return groups.map(([title], at) => ({ title, bars: those((bar) => groupOf(bar) === at) })).reverse();
}

/** What cannot be measured before it is there. */
export const NOT_YET: readonly { readonly bar: string; readonly against: string; readonly target: number }[] = [
  { bar: 'threads', against: 'one worker thread, the pipeline bound by the processor', target: 1.8 },
  { bar: 'exchange', against: 'postMessage of arrays of 1,000 between threads', target: 3 },
  { bar: 'rocksdb', against: 'the raw binding with the same batches, 10M keys', target: 0.7 },
];

function alone(ours: ArmName, other: ArmName): Bar {
  return { ours, other, against: 'the same alone in its process', target: 0.8, unit: 'M elements/s' };
}
