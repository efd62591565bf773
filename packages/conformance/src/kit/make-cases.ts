import { type CaseText, type ConformanceCase, caseFailure } from './case.js';
import type { Claim, ConnectorOptions } from './connector-options.js';
import { type ConformancePlace, newPlace } from './place.js';
import type { Settings } from './settings.js';
import { within } from './within.js';

/** A case in the making, which works with a stage. */
export interface CaseParts<Stage> {
  readonly id: string;
  readonly text: CaseText;
  readonly skipped: string | undefined;
  /** How often it is run, each time at a place and with a stage of its own. */
  readonly times: number;
  run(stage: Stage, attempt: number): Promise<void>;
}

/** A case has many steps. */
const STEPS = 30;

/** Makes the cases of a connector; what a stage has opened is ended behind each. */
export function caseMaker<Stage extends { end(): Promise<void> }>(
  options: ConnectorOptions,
  settings: Settings,
  newStage: (place: ConformancePlace) => Stage,
): (parts: CaseParts<Stage>) => ConformanceCase {
  return ({ id, text, skipped, times, run }) => ({
    id,
    title: text.title,
    mistake: text.mistake,
    remedy: text.remedy,
    skipped,
    timeout: settings.limit * STEPS * Math.max(1, times),
    async run() {
      try {
        for (let attempt = 1; attempt <= times; attempt++)
          await atAPlace(options, settings, (place) => onAStage(newStage(place), (stage) => run(stage, attempt)));
      } catch (cause) {
        throw caseFailure(id, text, settings, cause);
      }
    },
  });
}

async function onAStage<Stage extends { end(): Promise<void> }>(
  stage: Stage,
  run: (stage: Stage) => Promise<void>,
): Promise<void> {
  try {
    await run(stage);
  } finally {
    await stage.end();
  }
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

/** Why a case is not run that needs something of the author. */
export function without<O>(options: O, name: keyof O & string): string | undefined {
  return options[name] === undefined ? `no \`${name}\` given` : undefined;
}

/** Why a case of what a connector declines is not run. */
export function declined(claim: Claim): string | undefined {
  return claim === true ? undefined : claim;
}
