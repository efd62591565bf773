import { clocks } from './clocks.js';
import { damaged } from './damaged.js';
import { failingDisk } from './failing-disk.js';
import { killed } from './killed.js';
import { notices } from './notices.js';
import { oracle } from './oracle.js';
import type { SimulatedRun } from './simulated-row.js';
import { skewedInputs } from './skewed-inputs.js';
import { timeouts } from './timeouts.js';

/** By row of the scorecard. */
export const simulatedRuns: Readonly<Record<number, SimulatedRun>> = {
  1: killed,
  11: damaged,
  12: failingDisk,
  13: timeouts,
  14: notices,
  15: skewedInputs,
  21: clocks,
  22: oracle,
};
