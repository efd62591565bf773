import type { Clock, Logger, Metrics, PluginContext, ReportFields } from '@sluice/connector-sdk';

/** What is the same for every plugin of a run. */
export interface RunIdentity {
  readonly job: string;
  readonly epoch: number;
  readonly incarnation: string;
  readonly durable: boolean;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** A plugin has something to tell. */
  reported(uid: string, event: string, fields: ReportFields): void;
}

export function pluginContext(identity: RunIdentity, uid: string): PluginContext {
  const { reported, ...shared } = identity;
  return {
    ...shared,
    uid,
    subtask: 0,
    parallelism: 1,
    report: (event, fields = {}) => reported(uid, event, fields),
  };
}

/** The default logger: says nothing. A library imposes no log. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
