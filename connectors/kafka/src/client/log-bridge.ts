import type { Logger } from '@sluice/connector-sdk';
import type { LogEntry } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { Secrets } from './secrets.js';

/** What of an entry's fields is passed on. Others hold errors, stacks, requests and answers, in debug settings with their bytes. */
const FIELDS = ['broker', 'clientId', 'groupId', 'memberId', 'topic', 'partition', 'nodeId', 'retryCount', 'retryTime'];

/**
 * What kafkajs logs, as debug entries of the plugin's logger. What it calls an error may be repaired a moment later: only the one who
 * tries again knows, and says so itself.
 */
export function logBridge(logger: Logger, secrets: Secrets): (entry: LogEntry) => void {
  return ({ namespace, level, log }) => {
    if (level > kafkajs.logLevel.INFO) return;
    const fields: Record<string, string | number> = { client: namespace };
    for (const name of FIELDS) {
      const value: unknown = log[name];
      if (typeof value === 'number') fields[name] = value;
      else if (typeof value === 'string') fields[name] = secrets.hide(value);
    }
    logger.debug(fields, secrets.hide(String(log.message)));
  };
}
