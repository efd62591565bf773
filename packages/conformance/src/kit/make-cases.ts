import { type CaseText, type ConformanceCase, caseFailure } from './case.js';
import type { ConnectorOptions } from './connector-options.js';
import { type ConformancePlace, newPlace } from './place.js';
import type { Settings } from './settings.js';
import { within } from './within.js';

/** A case in the making. */
export interface CaseParts {
  readonly id: string;
  readonly text: CaseText;
  readonly skipped: string | undefined;
  /** How often it is run, each time at a place of its own. */
  readonly times: number;
  run(place: ConformancePlace, attempt: number): Promise<void>;
}

/** A case has many steps. */
const STEPS = 30;

export function makeCase(
  options: ConnectorOptions,
  settings: Settings,
  { id, text, skipped, times, run }: CaseParts,
): ConformanceCase {
  return {
    id,
    title: text.title,
    mistake: text.mistake,
    remedy: text.remedy,
    skipped,
    timeout: settings.limit * STEPS * Math.max(1, times),
    async run() {
      try {
        for (let attempt = 1; attempt <= times; attempt++)
          await atAPlace(options, settings, (place) => run(place, attempt));
      } catch (cause) {
        throw caseFailure(id, text, settings, cause);
      }
    },
  };
}

async function atAPlace(
  options: ConnectorOptions,
  settings: Settings,
  run: (place: ConformancePlace) => Promise<void>,
): Promise<void> {
  const { remove, ...place } = await newPlace();
  try {
    await within(settings.limit * 3, 'setUp()', options.setUp?.(place));
    try {
      await run(place);
    } finally {
      await within(settings.limit * 3, 'tearDown()', options.tearDown?.(place));
    }
  } finally {
    await remove();
  }
}

/** Why a case of the crash matrix is not run. */
export function withoutKills({ kills }: Settings): string | undefined {
  return kills === 0 ? 'no kills were asked for' : undefined;
}
