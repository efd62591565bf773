import { property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { TimedLists } from './timed-lists.js';
