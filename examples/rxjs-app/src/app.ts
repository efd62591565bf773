import { Hono } from 'hono';
import { Subject } from 'rxjs';

/** What a browser posts for each click. */
export interface Click {
  readonly user: string;
  /** Epoch milliseconds, by the clock of the browser: clicks arrive out of order. */
  readonly at: number;
}

/** The app as it was: clicks come in by HTTP and go into a Subject. */
export function createApp(): { readonly http: Hono; readonly clicks$: Subject<Click> } {
  const clicks$ = new Subject<Click>();
  const http = new Hono();
  http.post('/clicks', async (context) => {
    const click: unknown = await context.req.json().catch(() => undefined);
    if (!isClick(click)) return context.json({ error: 'a click is { user: string, at: epoch milliseconds }' }, 400);
    clicks$.next(click);
    return context.body(null, 204);
  });
  return { http, clicks$ };
}

function isClick(value: unknown): value is Click {
  const { user, at } = (value ?? {}) as Partial<Click>;
  return typeof user === 'string' && user !== '' && typeof at === 'number' && Number.isFinite(at);
}
