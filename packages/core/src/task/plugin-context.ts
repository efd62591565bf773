import type { Clock, Logger, Metrics, PluginContext } from '@sluice/connector-sdk';

/** What is the same for every plugin of a run. */
export interface RunIdentity {
  readonly job: string;
  readonly epoch: number;
  readonly incarnation: string;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

export function pluginContext(identity: RunIdentity, uid: string): PluginContext {
  return { ...identity, uid, subtask: 0, parallelism: 1 };
}

/** The default logger: says nothing. A library imposes no log. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
