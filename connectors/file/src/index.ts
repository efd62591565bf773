export { type CsvSourceOptions, csvSource } from './csv-source.js';
export type { FileSplit } from './discovery.js';
export { type FileSourceOptions, fileSource } from './file-source.js';
export type { FilesOptions } from './files-options.js';
export type { PoisonLine, PoisonPolicy } from './poison.js';
