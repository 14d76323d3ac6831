import type { Placement } from '../../collector/store/migrations.ts';
import type { QueryLimits } from '../../collector/store/store.ts';

export const PLACEMENT: Placement = { database: 'playpath', cluster: '' };
export const LIMITS: QueryLimits = { timeoutMs: 10_000, rows: 10_000, memoryBytes: 1 << 30 };
