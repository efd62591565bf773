import type { Arm } from './arm.js';
import { sized } from './size.js';

/** Each arm loads only what it runs: a process has nothing in it of another arm. */
export const ARMS = {
  'q1-job': async () => (await import('./arms/q1.js')).q1InJob(),
  'q1-rxjs': async () => (await import('./arms/q1.js')).q1InRxJS(),
  'q2-job': async () => (await import('./arms/q2.js')).q2InJob(),
  'q2-rxjs': async () => (await import('./arms/q2.js')).q2InRxJS(),
  'q2-loop': async () => (await import('./arms/q2.js')).q2InLoop(),
  'pipeline-job': async () => (await import('./arms/pipeline-job.js')).pipelineInJob(),
  'pipeline-loop': async () => (await import('./arms/pipeline-loop.js')).pipelineInLoop(),
  'q18-job': async () => (await import('./arms/q18-job.js')).q18InJob(),
  'q18-loop': async () => (await import('./arms/q18-loop.js')).q18InLoop(),
  'q19-job': async () => (await import('./arms/q19-job.js')).q19InJob(),
  'q19-loop': async () => (await import('./arms/q19-loop.js')).q19InLoop(),
  'count-job': async () => (await import('./arms/count.js')).countInJob(),
  'count-kafka': async () => (await import('./arms/count-kafka.js')).countFromKafka(),
  'count-quix': async () => (await import('./arms/quix.js')).countInQuix(),
  'count-kafkats': async () => (await import('./arms/kafkats.js')).countInKafkats(),
  'count-bytewax': async () => (await import('./arms/bytewax.js')).countInBytewax(),
  'count-nodefluent': async () => (await import('./arms/nodefluent.js')).countInNodefluent(),
  'kafka-job': async () => (await import('./arms/kafka.js')).q17FromKafka(),
  'kafka-hand': async () => (await import('./arms/kafka.js')).kafkajsByHand(),
  'redis-job': async () => (await import('./arms/redis.js')).redisInJob(),
  'redis-hand': async () => (await import('./arms/redis.js')).redisByHand(),
  'elasticsearch-job': async () => (await import('./arms/elasticsearch.js')).elasticsearchInJob(),
  'elasticsearch-hand': async () => (await import('./arms/elasticsearch.js')).elasticsearchByHand(),
  'kafka-postgres-job': async () => (await import('./arms/kafka-postgres.js')).windowsIntoPostgres(),
  'kafka-postgres-hand': async () => (await import('./arms/kafka-postgres.js')).transactionsByHand(),
  'latency-job': async () => (await import('./arms/latency.js')).latencyOfJob(),
  'latency-limit': async () => (await import('./arms/latency.js')).latencyAllowed(),
  'q17-job': async () => (await import('./arms/q17-job.js')).q17InJob(),
  'q17-loop': async () => (await import('./arms/q17-loop.js')).q17InLoop(),
  'q17-rxjs': async () => (await import('./arms/q17-rxjs.js')).q17InRxJS(),
  'pause-job': async () => (await import('./arms/pause.js')).pauseOfJob(),
  'q17-checkpoints': async () => (await import('./arms/q17-checkpoints.js')).q17WithCheckpoints(),
  'pause-serialize': async () => (await import('./arms/pause.js')).pauseOfSerialize(),
  'restore-job': async () => (await import('./arms/restore.js')).restoreOfJob(),
  'restore-deserialize': async () => (await import('./arms/restore.js')).restoreOfDeserialize(),
  'incremental-changes': async () => (await import('./arms/incremental.js')).secondCheckpoint(true),
  'incremental-whole': async () => (await import('./arms/incremental.js')).secondCheckpoint(false),
  'checkpoints-100k-on': async () =>
    (await import('./arms/checkpoint-rate.js')).checkpointRate(100_000, 'nexmark', true),
  'checkpoints-100k-off': async () =>
    (await import('./arms/checkpoint-rate.js')).checkpointRate(100_000, 'nexmark', false),
  'checkpoints-1m-on': async () =>
    (await import('./arms/checkpoint-rate.js')).checkpointRate(1_000_000, 'nexmark', true),
  'checkpoints-1m-off': async () =>
    (await import('./arms/checkpoint-rate.js')).checkpointRate(1_000_000, 'nexmark', false),
  'checkpoints-uniform-on': async () =>
    (await import('./arms/checkpoint-rate.js')).checkpointRate(1_000_000, 'uniform', true),
  'checkpoints-uniform-off': async () =>
    (await import('./arms/checkpoint-rate.js')).checkpointRate(1_000_000, 'uniform', false),
  'heap-job': async () => (await import('./arms/heap-per-key.js')).heapOfJob(),
  'heap-map': async () => (await import('./arms/heap-per-key.js')).heapOfMap(),
  'panes-100': async () => (await import('./arms/panes.js')).countsInWindows(100),
  'panes-5': async () => (await import('./arms/panes.js')).countsInWindows(5),
  'q5-job': async () => (await import('./arms/q5-job.js')).q5InJob(),
  'q5-loop': async () => (await import('./arms/q5-loop.js')).q5InLoop(),
  'q7-job': async () => (await import('./arms/q7-job.js')).q7InJob(),
  'q7-loop': async () => (await import('./arms/q7-loop.js')).q7InLoop(),
  'q11-job': async () => (await import('./arms/q11-job.js')).q11InJob(),
  'q11-loop': async () => (await import('./arms/q11-loop.js')).q11InLoop(),
  'q3-job': async () => (await import('./arms/q3-job.js')).q3InJob(),
  'q3-loop': async () => (await import('./arms/q3-loop.js')).q3InLoop(),
  'q4-job': async () => (await import('./arms/q4-job.js')).q4InJob(),
  'q4-loop': async () => (await import('./arms/q4-loop.js')).q4InLoop(),
  'q8-job': async () => (await import('./arms/q8-job.js')).q8InJob(),
  'q8-loop': async () => (await import('./arms/q8-loop.js')).q8InLoop(),
  'async-200k': async () => (await import('./arms/async-map.js')).asyncInJobs(200_000),
  'async-10k': async () => (await import('./arms/async-map.js')).asyncInJobs(10_000),
  'async-rxjs': async () => (await import('./arms/async-map.js')).asyncInRxJS(),
  'q1-flink': async () => (await import('./arms/flink.js')).inFlink('q1'),
  'q3-flink': async () => (await import('./arms/flink.js')).inFlink('q3'),
  'q4-flink': async () => (await import('./arms/flink.js')).inFlink('q4'),
  'q5-flink': async () => (await import('./arms/flink.js')).inFlink('q5'),
  'q7-flink': async () => (await import('./arms/flink.js')).inFlink('q7'),
  'q8-flink': async () => (await import('./arms/flink.js')).inFlink('q8'),
  'q11-flink': async () => (await import('./arms/flink.js')).inFlink('q11'),
  'q17-flink': async () => (await import('./arms/flink.js')).inFlink('q17'),
  'q18-flink': async () => (await import('./arms/flink.js')).inFlink('q18'),
  'q17-checkpoints-flink': async () => (await import('./arms/flink.js')).q17WithCheckpointsInFlink(),
  'q1-after-others': afterOthers(async () => (await import('./arms/q1.js')).q1InJob()),
  'pipeline-after-others': afterOthers(async () => (await import('./arms/pipeline-job.js')).pipelineInJob()),
  'q3-after-others': afterOthers(async () => (await import('./arms/q3-job.js')).q3InJob()),
  'q4-after-others': afterOthers(async () => (await import('./arms/q4-job.js')).q4InJob()),
  'q5-after-others': afterOthers(async () => (await import('./arms/q5-job.js')).q5InJob()),
  'q7-after-others': afterOthers(async () => (await import('./arms/q7-job.js')).q7InJob()),
  'q8-after-others': afterOthers(async () => (await import('./arms/q8-job.js')).q8InJob()),
  'q11-after-others': afterOthers(async () => (await import('./arms/q11-job.js')).q11InJob()),
  'q17-after-others': afterOthers(async () => (await import('./arms/q17-job.js')).q17InJob()),
  'q18-after-others': afterOthers(async () => (await import('./arms/q18-job.js')).q18InJob()),
  'flat-100m': async () => (await import('./arms/flat.js')).q17Of(sized(100_000_000)),
  'flat-1m': async () => (await import('./arms/flat.js')).q17Of(1_000_000),
  'keys-10m': async () => {
    const { countOfKeys, MOST_KEYS } = await import('./arms/keys.js');
    return countOfKeys(MOST_KEYS, 'moving');
  },
  'keys-10k': async () => {
    const { countOfKeys, FEW_KEYS } = await import('./arms/keys.js');
    return countOfKeys(FEW_KEYS, 'moving');
  },
  'keys-anywhere-10m': async () => {
    const { countOfKeys, MOST_KEYS } = await import('./arms/keys.js');
    return countOfKeys(MOST_KEYS, 'anywhere');
  },
  'keys-anywhere-10k': async () => {
    const { countOfKeys, FEW_KEYS } = await import('./arms/keys.js');
    return countOfKeys(FEW_KEYS, 'anywhere');
  },
  'keys-map-10m': async () => {
    const { countOfKeysInMap, MOST_KEYS } = await import('./arms/keys.js');
    return countOfKeysInMap(MOST_KEYS, 'anywhere');
  },
  'keys-map-10k': async () => {
    const { countOfKeysInMap, FEW_KEYS } = await import('./arms/keys.js');
    return countOfKeysInMap(FEW_KEYS, 'anywhere');
  },
  'count-kafka-streams': async () => (await import('./arms/kafka-streams.js')).countInKafkaStreams(),
  'count-kafka-streams-driver': async () => (await import('./arms/kafka-streams.js')).countInKafkaStreamsDriver(),
} satisfies Record<string, Arm>;

export type ArmName = keyof typeof ARMS;

function afterOthers(arm: Arm): Arm {
  return async () => (await import('./arms/after-others.js')).afterOthers(arm);
}
