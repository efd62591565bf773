export type { Example, OpenExample, Setting } from './example.js';
export { type Generated, type GenerateRecord, generatedSource } from './generated-source.js';
export type { InputRecord } from './live-input.js';
export { randomOf } from './random.js';
export { runExample } from './run-example.js';
export { type GeneratedExample, runGenerated } from './run-generated.js';
