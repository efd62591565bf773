import { redisStreamSource } from '@sluice/redis';
import { type Payment, paymentsOf } from '../workload/payments.js';
import { removeKeys, withRedis } from './redis-client.js';
import { endpointOf, type Place, type SourceSide } from './sides.js';

const SPLITS = 3;

const streamOf = ({ name }: Place, split: number): string => `${name}:in:${split}`;

/** A split of the input is a stream. */
export const redisSourceSide: SourceSide = {
  needs: ['redis'],
  prepare: async () => {},
  fill: (place, input) =>
    withRedis(place, async (redis) => {
      for (let split = 0; split < input.splits; split++) {
        const pipeline = redis.pipeline();
        for (const payment of paymentsOf(input, split)) {
          pipeline.xadd(streamOf(place, split), '*', 'payment', JSON.stringify(payment));
        }
        await pipeline.exec();
      }
    }),
  create: (place, { bounded }) =>
    redisStreamSource<Payment>({
      url: endpointOf(place, 'redis'),
      streams: Array.from({ length: SPLITS }, (_, split) => streamOf(place, split)),
      value: ({ fields }) => JSON.parse(fields.payment ?? ''),
      count: 100,
      ...(bounded ? { bounded: 'latest' as const } : {}),
    }),
  remove: removeKeys,
};
