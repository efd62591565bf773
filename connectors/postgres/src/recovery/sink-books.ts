import type { PluginContext } from '@sluice/connector-sdk';
import type { SinkSettings } from '../sink-settings.js';
import type { Bookkeeping } from './bookkeeping.js';
import { Fence } from './fence.js';
import type { SinkIdentity } from './identity.js';
import { Ledger } from './ledger.js';

/** Fence and ledger, for one run of one sink. */
export interface SinkBooks {
  readonly identity: SinkIdentity;
  readonly fence: Fence;
  readonly ledger: Ledger;
}

export function identityOf({ job, uid, incarnation }: PluginContext): SinkIdentity {
  return { job, sink: uid, incarnation };
}

export function sinkBooks<T>(settings: SinkSettings<T>, tables: Bookkeeping, context: PluginContext): SinkBooks {
  const identity = identityOf(context);
  return {
    identity,
    fence: new Fence(tables.fence, settings.component, identity, context.epoch),
    ledger: new Ledger(tables.ledger),
  };
}
