export { elasticsearchSink } from './elasticsearch-sink.js';
export type { DatedIndex, DocumentAction, ElasticsearchSinkOptions } from './sink-options.js';
