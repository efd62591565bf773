import './vitest-globals.js';
import { proveFileSource } from './subjects/file-source.js';

await proveFileSource();
