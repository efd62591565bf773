import type { Settings } from '@sluice/services';

/** Of the broker that rows may harm: it compacts and deletes soon. */
export const ownBroker: Settings = { 'log.cleaner.backoff.ms': 100, 'log.retention.check.interval.ms': 500 };
