/**
 * Whether somebody changed what Jobtrail itself goes by: the bundle in force and the silences. Both are rows of its own store and
 * no events, so this is a function over their values, asked every few minutes. Pure; of the same values the same findings.
 */
import { hash } from 'node:crypto';
import { findingId, type Finding } from '../detections/finding.ts';
import { evidence } from '../detections/evidence.ts';
import type { PrincipalId } from '../model/principal.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import type { Rule } from './rule.ts';
import { bundleProblems } from './own-bundle.ts';
import type { OwnConfig, Problem } from './own-problem.ts';
import { silenceProblems } from './own-silences.ts';

export const detectorConfigTampered: Omit<Rule, 'anchors' | 'judge' | 'missing'> = {
  id: 'detector-config-tampered',
  number: 'D08',
  version: 1,
  kind: 'correlate',
  title: 'What Jobtrail goes by was changed without review',
  severity: 'critical',
  why: 'Whoever decides what is declared, and what is silent, decides what is found: it is the last thing to switch off before an attack.',
  runbook: [
    'Read `what` of `artefact`; ask `by` and, for a bundle, its `reviewer`, whether they know of it.',
    'A bundle: push the reviewed one again (`policy push`), and judge the time between anew (`backfill`).',
    'A silence: end it (`alerts silences`), and look at every alert that it held back.',
  ],
  evidence: ['artefact', 'what', 'by', 'reviewer', 'commit', 'from', 'until', 'running', 'covers'],
  maps: { attack: ['T1685'], soc2: ['CC8.1', 'CC4.1', 'CC7.2'], iso27001: ['A.8.32', 'A.5.3'] },
  peers: ['SecOps gcp_security_command_center_service_disabled (the detector of a third party)'],
  gaps: [
    'Silences of the configuration are reviewed with it, and not looked at by themselves.',
    'That a commit was reviewed is what the signed deploy record of it says; without `deployRecords: required` none is asked for.',
    'Whoever can write the tables of the store directly leaves no row of these.',
  ],
  sources: ['deployments'],
  on: [],
};

export const ownConfigFindings = (own: OwnConfig): readonly Finding[] =>
  [...bundleProblems(own), ...silenceProblems(own)].map((problem) => findingOf(problem, own));

function findingOf({ artefact, what, by, at, fields }: Problem, { declared, now }: OwnConfig): Finding {
  const { id, version, title, severity } = detectorConfigTampered;
  const key = `${artefact} ${what}`.slice(0, 1024);
  // It rests on no event: the row it is about stands for one.
  const row = hash('sha256', JSON.stringify([artefact, at]), 'hex');
  const actor: PrincipalId | undefined = parseIdentifier(by)?.id;
  const exemption = declared.exemption(id, {
    principals: actor === undefined ? [] : [actor],
    resource: artefact,
    environment: undefined,
    time: at,
  });
  const told = evidence(['artefact', artefact], ['what', what], ['by', by], ...fields);
  return {
    id: findingId(id, version, key, [row]),
    rule: id,
    version,
    key,
    severity,
    verdict: exemption === undefined ? 'violation' : 'exempted',
    title,
    summary: `${artefact}: ${what}. It is of ${by}.`,
    evidence: exemption === undefined ? told : [...told, ['exemption', exemption]],
    events: [row],
    // A bundle is pushed with a time to come.
    time: at > now ? now : at,
    actor,
    actingFor: [],
    job: undefined,
    environment: undefined,
    bundle: declared.digest,
  };
}
