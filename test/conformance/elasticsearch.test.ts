import './vitest-globals.js';
import { describeWithService } from '../services/with-service.js';
import { proveElasticsearch } from './subjects/elasticsearch.js';

describeWithService(
  'elasticsearch',
  'elasticsearchSink is proved by the kit',
  (endpoint) => void proveElasticsearch(endpoint),
);
