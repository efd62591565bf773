import './vitest-globals.js';
import { describeWithService } from '../services/with-service.js';
import { proveRedis } from './subjects/redis.js';

describeWithService(
  'redis',
  'redisHashSink and redisStreamSource are proved by the kit',
  (endpoint) => void proveRedis(endpoint),
);
