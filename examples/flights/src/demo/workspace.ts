import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Git-ignored; everything that the demo keeps. */
export const demoFolder = join(root, '.demo');
export const reportFile = join(root, 'report.html');
/** With it the job's process runs on the built packages, not on their sources. */
export const runConfig = join(root, 'tsconfig.run.json');
