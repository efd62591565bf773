import { elasticsearch } from './elasticsearch/elasticsearch.js';
import { kafka } from './kafka/kafka.js';
import { postgres } from './postgres/postgres.js';
import { redis } from './redis/redis.js';
import { s3 } from './s3/s3.js';
import type { Service, ServiceName } from './service.js';

export const services: Readonly<Record<ServiceName, Service>> = { kafka, redis, elasticsearch, postgres, s3 };
