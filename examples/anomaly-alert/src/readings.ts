import type { GenerateRecord } from '@sluice-examples/runner';
import type { Reading } from './pipeline.js';

const START = Date.UTC(2026, 0, 31, 8);
export const SENSORS = 12;
/** Sensor 7 says nothing from here to there. */
const QUIET = [1_200, 2_400] as const;

/** A reading of each sensor a second; one in 400 is far off. */
export const readingOf: GenerateRecord<Reading> = (index, random) => {
  const second = Math.floor(index / SENSORS);
  const sensor = index % SENSORS === 7 && index >= QUIET[0] && index < QUIET[1] ? 6 : index % SENSORS;
  const noise = random() + random() + random() - 1.5;
  const jump = random() < 1 / 400 ? 15 : 0;
  return {
    sensor: `sensor ${sensor}`,
    value: 20 + sensor + noise + jump,
    at: START + second * 1_000 + Math.floor(random() * 900),
  };
};
