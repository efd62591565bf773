import type { TimeWindow } from '../windows/window.js';
import type { Contents } from './window-contents.js';
import { LiveWindow } from './window-live.js';
import { mergeTriggerState } from './window-trigger-state.js';

/**
 * Takes a new session into the live ones: those that it overlaps or touches become one, in the place of the oldest. `merged` is told
 * of the new window and of those that it is made of, which are no longer in the list and have given their contents and state away.
 * Answers the window that the session is now part of, `undefined` when it touches none.
 */
export function mergeSessions(
  windows: LiveWindow[],
  session: TimeWindow,
  endOf: (window: unknown) => number,
  contents: Contents,
  merged: (window: LiveWindow, parts: readonly LiveWindow[]) => void,
): LiveWindow | undefined {
  let { start, end } = session;
  const parts: LiveWindow[] = [];
  for (const live of windows) {
    const window = live.window as TimeWindow;
    if (window.start > session.end || window.end < session.start) continue;
    parts.push(live);
    if (window.start < start) start = window.start;
    if (window.end > end) end = window.end;
  }
  const [oldest] = parts;
  if (oldest === undefined) return undefined;
  const before = oldest.window as TimeWindow;
  // Live sessions never touch, so a session that has not grown has met no other.
  if (before.start === start && before.end === end) return oldest;

  const window: TimeWindow = { start, end };
  const live = new LiveWindow(window, endOf(window));
  for (const part of parts) {
    if (live.contents === undefined) live.contents = part.contents;
    else if (part.contents !== undefined) contents.merge(live.contents, part.contents);
    live.state = mergeTriggerState(live.state, part.state);
    live.fired += part.fired;
    if (part.newest > live.newest) live.newest = part.newest;
    part.contents = undefined;
    part.state = undefined;
  }
  windows[windows.indexOf(oldest)] = live;
  for (const part of parts) if (part !== oldest) windows.splice(windows.indexOf(part), 1);
  merged(live, parts);
  return live;
}
