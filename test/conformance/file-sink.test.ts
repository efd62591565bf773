import './vitest-globals.js';
import { proofProgram } from './proof-program.js';
import { proveFileSink } from './subjects/file-sink.js';

await proveFileSink(await proofProgram('file-sink'));
