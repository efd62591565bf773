import './vitest-globals.js';
import { proveFileSink } from './subjects/file-sink.js';

await proveFileSink();
