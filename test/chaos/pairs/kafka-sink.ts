import { kafkaSink } from '@sluice/kafka';
import type { Written } from '../judge/compare.js';
import { makeTopic, readTopic, removeTopics } from './kafka-topic.js';
import { endpointOf, type Place, type Running, type SinkSide } from './sides.js';

const PARTITIONS = 2;

const outputTopic = ({ name }: Place): string => `${name}-out`;
const ledgerTopic = ({ name }: Place): string => `${name}-ledger`;

export const kafkaSinkSide: SinkSide = {
  needs: ['kafka'],
  judged: () => 'exactly',
  prepare: (place) => makeTopic(place, outputTopic(place), PARTITIONS),
  create: (place) =>
    kafkaSink<Running>({
      brokers: endpointOf(place, 'kafka').split(','),
      topic: outputTopic(place),
      key: ({ key }) => key,
      value: { encode: ({ key, value }) => new TextEncoder().encode(JSON.stringify({ ...value, account: key })) },
      ledgerTopic: ledgerTopic(place),
      transactionalIdPrefix: place.name,
    }),
  async readBack(place) {
    const values = await readTopic(place, outputTopic(place));
    return values.map((value): Written['running'][number] => JSON.parse(value));
  },
  remove: (place) => removeTopics(place, [outputTopic(place), ledgerTopic(place)]),
};
