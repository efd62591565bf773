import './vitest-globals.js';
import { proofProgram } from './proof-program.js';
import { proveFileSource } from './subjects/file-source.js';

await proveFileSource(await proofProgram('file-source'));
