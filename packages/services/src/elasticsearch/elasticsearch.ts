import { ordinaryAccount } from '../process/account.js';
import type { Service } from '../service.js';
import { prepareElasticsearch } from './prepare.js';
import { probeElasticsearch } from './probe.js';

export const elasticsearch: Service = {
  name: 'elasticsearch',
  title: 'Elasticsearch',
  variable: 'ELASTICSEARCH_URL',
  localEndpoints: ['http://127.0.0.1:9200'],
  // For HTTP, and for other nodes, of which there are none.
  ports: 2,
  stopSignal: 'SIGTERM',
  account: ordinaryAccount,
  probe: probeElasticsearch,
  answers: probeElasticsearch,
  prepare: prepareElasticsearch,
};
