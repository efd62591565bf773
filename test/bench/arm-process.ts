import { ARMS, type ArmName } from './arms.js';

/** One run of one arm, in a process of its own: `arm-process.ts ARM`. The result goes to the parent. */
const arm = ARMS[process.argv[2] as ArmName];
const result = await arm();
process.send?.(result);
process.disconnect?.();
