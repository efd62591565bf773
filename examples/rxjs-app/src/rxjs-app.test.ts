import { describe, expect, it } from 'vitest';
import { createApp } from './app.js';
import { type ClicksPerMinute, clicksPerMinute } from './clicks-per-minute.js';

const minute = Date.parse('2001-03-04T10:00:00Z');

describe('the app with event-time counts', () => {
  const post = async (http: ReturnType<typeof createApp>['http'], body: unknown) =>
    (await http.request('/clicks', { method: 'POST', body: JSON.stringify(body) })).status;

  it('counts clicks per user and minute, out of order, and tells a minute once it is over', async () => {
    const { http, clicks$ } = createApp();
    const rows: ClicksPerMinute[] = [];
    clicksPerMinute(clicks$).subscribe((row) => rows.push(row));
    for (const [user, second] of [
      ['ann', 2],
      ['bob', 59],
      ['ann', 61],
      ['ann', 58],
    ] as const) {
      expect(await post(http, { user, at: minute + second * 1000 })).toBe(204);
    }
    expect(rows).toEqual([]);
    await post(http, { user: 'bob', at: minute + 66_000 });
    expect(rows).toEqual([
      { user: 'ann', minute: '2001-03-04T10:00:00.000Z', clicks: 2 },
      { user: 'bob', minute: '2001-03-04T10:00:00.000Z', clicks: 1 },
    ]);
    clicks$.complete();
    expect(rows.slice(2)).toEqual([
      { user: 'ann', minute: '2001-03-04T10:01:00.000Z', clicks: 1 },
      { user: 'bob', minute: '2001-03-04T10:01:00.000Z', clicks: 1 },
    ]);
  });

  it('refuses what is no click', async () => {
    const { http } = createApp();
    expect(await post(http, { user: 'ann' })).toBe(400);
    expect(await post(http, null)).toBe(400);
  });
});
