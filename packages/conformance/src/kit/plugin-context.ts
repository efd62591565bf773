import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, type Logger, type Metrics, milliseconds, type PluginContext } from '@sluice/connector-sdk';

const clock: Clock = {
  now: () => Date.now(),
  sleep: (duration, signal) => sleep(milliseconds(duration), undefined, signal === undefined ? {} : { signal }),
};

const metrics: Metrics = {
  counter: () => ({ add() {} }),
  gauge: () => {},
  histogram: () => ({ record() {} }),
};

/** Everything that a connector says, for a look whether a secret is in it. */
export class Spoken {
  readonly lines: string[] = [];
  readonly logger: Logger;

  constructor() {
    const take = (fields: object, message?: string): void =>
      void this.lines.push(`${printed(fields)} ${message ?? ''}`);
    this.logger = { debug: take, info: take, warn: take, error: take };
  }
}

function printed(fields: object): string {
  try {
    return JSON.stringify(fields) ?? '';
  } catch {
    return String(fields);
  }
}

/** As the engine makes one. */
export function conformanceContext(
  identity: Pick<PluginContext, 'job' | 'uid' | 'epoch' | 'incarnation' | 'signal'>,
  spoken: Spoken,
  instance: { readonly subtask?: number; readonly parallelism?: number } = {},
): PluginContext {
  return {
    subtask: 0,
    parallelism: 1,
    durable: true,
    logger: spoken.logger,
    metrics,
    clock,
    report: (event, fields = {}) => void spoken.lines.push(`${event} ${printed(fields)}`),
    ...identity,
    ...instance,
  };
}
