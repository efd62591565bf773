import type { GenerateRecord } from '@sluice-examples/runner';
import type { Mention } from './pipeline.js';

const START = Date.UTC(2026, 0, 31, 8);
const TOPICS = [
  'rain',
  'football',
  'elections',
  'coffee',
  'trains',
  'cats',
  'music',
  'exams',
  'bread',
  'snow',
  'concerts',
  'bicycles',
  'stars',
  'soup',
  'chess',
  'gardens',
];

/** Fifty mentions a second of event time; what is talked about most changes every few minutes. */
export const mentionOf: GenerateRecord<Mention> = (index, random) => {
  const hot = Math.floor(index / 6_000) * 5;
  const topic = Math.floor(random() ** 3 * TOPICS.length);
  return {
    topic: TOPICS[(topic + hot) % TOPICS.length] as string,
    at: START + index * 20 - Math.floor(random() * 1_500),
  };
};
