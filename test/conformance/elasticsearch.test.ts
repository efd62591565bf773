import './vitest-globals.js';
import { describeWithService } from '../services/with-service.js';
import { behindProxy } from './behind-proxy.js';
import { proofProgram } from './proof-program.js';
import { proveElasticsearch } from './subjects/elasticsearch.js';

const program = await proofProgram('elasticsearch');

describeWithService('elasticsearch', 'elasticsearchSink is proved by the kit', async (endpoint) =>
  proveElasticsearch(await behindProxy(endpoint), program),
);
