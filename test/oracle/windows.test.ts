import { describe, it } from 'vitest';
import { check, replay, timeout } from './runs.js';
import { compareWindows, windowScripts } from './window-script.js';

describe(`windows of event time against a brute-force model (${replay})`, { timeout }, () => {
  it('tumbling', () => check(windowScripts.tumbling, compareWindows));
  it('sliding, with overlaps and with gaps', () => check(windowScripts.sliding, compareWindows));
  it('sessions', () => check(windowScripts.sessions, compareWindows));
});
