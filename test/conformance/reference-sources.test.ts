import './vitest-globals.js';
import { sourceConformance } from '@sluice/conformance';
import { proofProgram } from './proof-program.js';
import { folderSourceProof } from './subjects/folder-source.js';

const module = await proofProgram('folder-source');

for (const bounded of [true, false]) await sourceConformance({ ...folderSourceProof({ bounded }), module });
