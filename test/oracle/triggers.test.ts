import { describe, it } from 'vitest';
import { check, replay, timeout } from './runs.js';
import { compareTriggers, triggerScripts } from './trigger-script.js';

describe(`triggers and evictors against a brute-force model (${replay})`, { timeout }, () => {
  it('fire, purge and evict as the model does, also when restored', () => check(triggerScripts, compareTriggers));
});
