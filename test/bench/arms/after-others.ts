import type { Arm, ArmResult } from '../arm.js';
import { warmUpOthers } from './other-pipelines.js';

/** An arm after thirty other pipelines have run in its process. */
export async function afterOthers(arm: Arm): Promise<ArmResult> {
  const pipelines = await warmUpOthers();
  const { notes, ...result } = await arm();
  return { ...result, notes: { ...notes, pipelines } };
}
