import pg from 'pg';
import { expect, test } from 'vitest';
import type { PageView } from '../../examples/kafka-sessions/src/page-view.js';
import { describeWithService } from '../services/with-service.js';
import { removeFilesOf } from './example-process.js';
import { interruptedRun } from './interrupted-run.js';
import { TopicOutside } from './topic-outside.js';

const MINUTE = 60_000;

describeWithService('kafka', 'npm run example -- kafka-sessions', (kafka) => {
  describeWithService('postgres', 'into Postgres', (postgres) => {
    test('every view is in its session or late, exactly once, over Ctrl-C and kill -9', {
      timeout: 180_000,
    }, async () => {
      const name = `sessions-${process.pid}`;
      const topic = await TopicOutside.open(kafka(), name);
      const client = new pg.Client({ connectionString: postgres() });
      await client.connect();
      try {
        await interruptedRun('kafka-sessions', 'views', ['kafka', 'postgres'], topic, name);
        const partitions = [...(await topic.values()).values()].map((texts) =>
          texts.map((text) => JSON.parse(text) as PageView),
        );
        const late = await client.query<PageView>(
          `SELECT visitor AS "user", page, extract(epoch FROM at)::float8 * 1000 AS at FROM "${name}".late_views`,
        );
        const onTime = without(partitions.flat(), late.rows);
        const sessions = await client.query(
          `SELECT visitor, extract(epoch FROM began)::float8 * 1000 AS began, extract(epoch FROM ended)::float8 * 1000 AS ended, views, pages
           FROM "${name}".sessions`,
        );
        expect(sessions.rows.map((row) => JSON.stringify(row)).sort()).toEqual(
          sessionsOf(onTime)
            .map((row) => JSON.stringify(row))
            .sort(),
        );
        const firings = await client.query(
          `SELECT count(*)::int AS all, count(DISTINCT f)::int AS different FROM "${name}".firings f`,
        );
        expect(firings.rows[0].all).toBe(firings.rows[0].different);
        for (const view of late.rows) expect(mayBeLate(partitions, view), JSON.stringify(view)).toBe(true);
        expect(sessions.rows.length).toBeGreaterThan(10);
      } finally {
        await client.query(`DROP SCHEMA IF EXISTS "${name}" CASCADE`);
        await client.end();
        await topic.remove();
        await removeFilesOf(name);
      }
    });
  });
});

/** What is late depends on how far the partitions were read side by side: there the job's word is taken, and each one must have been sent. */
function without(views: readonly PageView[], late: readonly PageView[]): PageView[] {
  const left = new Map<string, number>();
  const keyOf = ({ user, page, at }: PageView) => `${user} ${page} ${at}`;
  for (const view of late) left.set(keyOf(view), (left.get(keyOf(view)) ?? 0) + 1);
  const onTime = views.filter((view) => {
    const count = left.get(keyOf(view)) ?? 0;
    if (count > 0) left.set(keyOf(view), count - 1);
    return count === 0;
  });
  expect([...left.values()].every((count) => count === 0)).toBe(true);
  return onTime;
}

/** A late view has come behind one of its own partition that is so much newer that its session was forgotten. */
function mayBeLate(partitions: readonly (readonly PageView[])[], late: PageView): boolean {
  return partitions.some((views) => {
    let newest = 0;
    return views.some(({ user, at }) => {
      newest = Math.max(newest, at);
      return user === late.user && at === late.at && newest >= at + 15.5 * MINUTE;
    });
  });
}

function sessionsOf(views: readonly PageView[]) {
  const rows: { visitor: string; began: number; ended: number; views: number; pages: number }[] = [];
  const byUser = new Map<string, PageView[]>();
  for (const view of [...views].sort((a, b) => a.at - b.at)) {
    byUser.set(view.user, [...(byUser.get(view.user) ?? []), view]);
  }
  for (const [visitor, own] of byUser) {
    let session: PageView[] = [];
    const end = () => {
      const [first] = session;
      if (first === undefined) return;
      const pages = new Set(session.map(({ page }) => page)).size;
      rows.push({
        visitor,
        began: first.at,
        ended: (session.at(-1)?.at ?? 0) + 5 * MINUTE,
        views: session.length,
        pages,
      });
      session = [];
    };
    for (const view of own) {
      if (session.length > 0 && view.at >= (session.at(-1)?.at ?? 0) + 5 * MINUTE) end();
      session.push(view);
    }
    end();
  }
  return rows;
}
