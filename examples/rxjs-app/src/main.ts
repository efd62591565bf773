import { serve } from '@hono/node-server';
import { createApp } from './app.js';
import { clicksPerMinute } from './clicks-per-minute.js';

const { http, clicks$ } = createApp();
const subscription = clicksPerMinute(clicks$).subscribe((row) =>
  console.log(`${row.minute} ${row.user}: ${row.clicks}`),
);
const server = serve(
  { fetch: http.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' },
  ({ port }) => {
    console.log(`POST { "user": "ann", "at": ${Date.now()} } to http://127.0.0.1:${port}/clicks`);
  },
);

process.once('SIGINT', () => {
  // The end of the input closes the windows that are open.
  clicks$.complete();
  subscription.unsubscribe();
  server.close();
});
