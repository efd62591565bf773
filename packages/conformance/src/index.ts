export type { Claim, ConnectorOptions } from './kit/connector-options.js';
export type { ConformanceItem } from './kit/item.js';
export type { ConformancePlace } from './kit/place.js';
export type { CaseResult, ConformanceReport } from './runner/report.js';
export { reportTable } from './runner/table.js';
export type { SinkClaims, SinkConformanceOptions } from './sink/sink-options.js';
export { proveSink, sinkConformance } from './sink-conformance.js';
export type { SourceClaims, SourceConformanceOptions } from './source/source-options.js';
export { proveSource, sourceConformance } from './source-conformance.js';
