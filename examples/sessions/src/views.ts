import type { GenerateRecord } from '@sluice-examples/runner';
import type { View } from './pipeline.js';

const START = Date.UTC(2026, 0, 31, 8);
const PAGES = ['/', '/docs', '/docs/windows', '/pricing', '/blog', '/contact'];

/** Twenty minutes of event time a second at the usual rate: visitors come in bursts and pause; one view in fifty is very late. */
export const viewOf: GenerateRecord<View> = (index, random) => {
  const visitor = Math.floor(random() ** 2 * 60);
  const delay = random() < 0.02 ? random() * 3_600_000 : random() * 60_000;
  return {
    visitor: `visitor ${visitor}`,
    page: PAGES[Math.floor(random() * PAGES.length)] as string,
    at: Math.round(START + index * 4_000 - delay),
  };
};
