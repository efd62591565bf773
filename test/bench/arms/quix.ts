import type { ArmResult } from '../arm.js';
import { runPython } from '../peers/python/python.js';
import { TOPIC_BIDS, TOPIC_WARM_UP, withCountTopic } from './count-topic.js';

/** The keyed count in Quix Streams, from the same topic. */
export function countInQuix(): Promise<ArmResult> {
  return withCountTopic(({ broker, topic }) =>
    runPython('quixstreams==3.28.1', 'count_quix.py', [broker, topic, TOPIC_WARM_UP, TOPIC_WARM_UP + TOPIC_BIDS]),
  );
}
