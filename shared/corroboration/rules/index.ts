/** The rules over several records: one line each. */
import type { Rule } from '../rule.ts';
import { deniedJobBurst } from './denied-job-burst.ts';

export const RULES: readonly Rule[] = [deniedJobBurst];
