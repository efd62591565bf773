import type { Clock, Logger } from '@sluice/connector-sdk';
import { inTime } from './in-time.js';

/** Closes sources or sinks side by side; what fails or takes too long is logged and left alone. */
export async function closePlugins(
  plugins: readonly { readonly uid: string; close(): Promise<void> }[],
  clock: Clock,
  logger: Logger,
): Promise<void> {
  await Promise.all(
    plugins.map(async ({ uid, close }) => {
      const closing = close().catch((error) => logger.warn({ uid, error }, 'closing failed'));
      await inTime(closing, clock, () => logger.error({ uid }, 'closing takes too long and is left alone'));
    }),
  );
}
