import { type Clock, SluiceError } from '@sluice/connector-sdk';
import type { CallDetail, CallFaults, PluginCall } from '../drive/calls.js';
import type { PlannedFault } from './planned-fault.js';

const REPEATABLE: readonly PluginCall[] = ['sink.commit', 'source.publish'];

/** Strikes where a plan says, beside what else may happen. */
export class PlannedFaults implements CallFaults {
  /** Calls so far that each fault looks at. */
  private readonly seen: number[];
  private readonly struck: Set<PlannedFault> = new Set();

  constructor(
    private readonly plan: readonly PlannedFault[],
    private readonly clock: Clock,
    private readonly others: CallFaults,
  ) {
    this.seen = plan.map(() => 0);
    for (const { at, does } of plan) if (does === 'repeat' && !REPEATABLE.includes(at)) throw notRepeatable(at);
  }

  /** Those that have not struck yet. */
  get left(): readonly PlannedFault[] {
    return this.plan.filter((fault) => !this.struck.has(fault));
  }

  async before(call: PluginCall, detail: CallDetail): Promise<void> {
    for (const fault of this.due(call, detail, ['fail', 'delay'])) {
      if (fault.does === 'delay') await this.clock.sleep(fault.for ?? '1s');
      else throw new Error(`planned failure before ${call} of ${detail.name}`);
    }
    await this.others.before(call, detail);
  }

  async after(call: PluginCall, detail: CallDetail): Promise<void> {
    for (const fault of this.due(call, detail, ['failAfter', 'delayAfter'])) {
      if (fault.does === 'delayAfter') await this.clock.sleep(fault.for ?? '1s');
      else throw new Error(`planned failure after ${call} of ${detail.name}`);
    }
    await this.others.after(call, detail);
  }

  repeats(call: PluginCall, detail: CallDetail): boolean {
    return this.due(call, detail, ['repeat']).length > 0 || this.others.repeats(call, detail);
  }

  full(): Promise<void> | undefined {
    return this.others.full();
  }

  retryAfter(): number | undefined {
    return this.others.retryAfter();
  }

  private due(
    call: PluginCall,
    { name, checkpoint }: CallDetail,
    kinds: readonly PlannedFault['does'][],
  ): PlannedFault[] {
    return this.plan.filter((fault, place) => {
      const { at, of = name, nth = 1, times = 1 } = fault;
      if (at !== call || of !== name || !kinds.includes(fault.does)) return false;
      if (fault.checkpoint !== undefined && fault.checkpoint !== checkpoint) return false;
      const count = (this.seen[place] ?? 0) + 1;
      this.seen[place] = count;
      if (count < nth || count >= nth + times) return false;
      this.struck.add(fault);
      return true;
    });
  }
}

function notRepeatable(at: PluginCall): SluiceError {
  return new SluiceError({
    code: 'SLUICE_DRIVE',
    component: 'planned faults',
    expected: `one of ${REPEATABLE.join(', ')} to be repeated`,
    actual: at,
    remedy: 'let it fail or take long instead',
  });
}
