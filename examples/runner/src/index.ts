export type { Example, OpenExample, Setting } from './example.js';
export type { InputRecord } from './live-input.js';
export { randomOf } from './random.js';
export { runExample } from './run-example.js';
