import './vitest-globals.js';
import { sinkConformance } from '@sluice/conformance';
import { proofProgram } from './proof-program.js';
import { folderProof } from './subjects/folder-sinks.js';

const module = await proofProgram('folder-sinks');

for (const kind of ['transactional', 'idempotent', 'at-least-once'] as const)
  await sinkConformance({ ...folderProof({ kind }), module });
