import type { CheckpointStorage, Clock, Sink, Source } from '@sluice/connector-sdk';
import type { CheckpointPoint } from '../checkpoint/coordinator-settings.js';
import { type Pace, systemPace } from '../task/pace.js';
import { systemClock } from '../task/system-clock.js';

/** Everything of a run that is not determined by its input. Injected, so that a simulation replays a run exactly. */
export interface JobRuntime {
  readonly clock: Clock;
  createPace(): Pace;
  /** From 0 to below 1. */
  random(): number;
  /** Between two steps of a checkpoint. */
  at(point: CheckpointPoint): Promise<void>;
  readonly plugins: PluginLayer;
}

/** What stands between a run and its plugins: a test driver delays, fails or cuts off their calls. */
export interface PluginLayer {
  storage(storage: CheckpointStorage): CheckpointStorage;
  source(source: Source<unknown>): Source<unknown>;
  sink(sink: Sink<unknown>): Sink<unknown>;
}

const nothingBetween: PluginLayer = {
  storage: (storage) => storage,
  source: (source) => source,
  sink: (sink) => sink,
};

export function systemRuntime(clock: Clock = systemClock): JobRuntime {
  return { clock, createPace: systemPace, random: Math.random, at: async () => {}, plugins: nothingBetween };
}
