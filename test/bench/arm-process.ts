import { ARMS, type ArmName } from './arms.js';
import { Unavailable } from './unavailable.js';

/** One run of one arm, in a process of its own: `arm-process.ts ARM`. The result goes to the parent. */
const arm = ARMS[process.argv[2] as ArmName];
const outcome = await arm().catch((error: unknown) => {
  if (error instanceof Unavailable) return { unavailable: error.message };
  throw error;
});
process.send?.(outcome);
process.disconnect?.();
