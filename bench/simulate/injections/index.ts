/** Every kind of injected violation. */
import { APPROVAL_KINDS } from './approvals.ts';
import { CHANGE_KINDS } from './changes.ts';
import { DATA_KINDS } from './data.ts';
import { HOP_KINDS } from './hops.ts';
import { IDENTITY_KINDS } from './identities.ts';
import type { InjectionKind } from './kind.ts';
import { WORK_KINDS } from './work.ts';

export const INJECTION_KINDS: readonly InjectionKind[] = [
  ...HOP_KINDS,
  ...WORK_KINDS,
  ...IDENTITY_KINDS,
  ...APPROVAL_KINDS,
  ...CHANGE_KINDS,
  ...DATA_KINDS,
];
