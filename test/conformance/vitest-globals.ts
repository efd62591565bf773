import { afterAll, describe, it } from 'vitest';

// The kit makes its tests at once where a runner offers itself by globals; inside `describeWithService` later would be too late.
Object.assign(globalThis, { afterAll, describe, it });
