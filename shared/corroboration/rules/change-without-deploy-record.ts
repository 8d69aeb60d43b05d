import type { Severity } from '../../../schemas/alerting.ts';
import { byDeployer } from '../../detections/deployers.ts';
import type { Found } from '../../detections/detection.ts';
import { evidence } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import { citedAs } from '../cite.ts';
import { deployablesOf, type Deployable } from '../deployable.ts';
import {
  changedBy,
  coveringRecord,
  DEPLOYED_CHANGES,
  RECORD_WINDOW_MS,
  recordsAround,
  recordsUntil,
} from '../deploy-record.ts';
import { anchorOf, defineRule, type Context, type Judgement, type Outcome } from '../rule.ts';
import { around } from '../span.ts';
import type { TrailEvent } from '../../model/trail-event.ts';

export const changeWithoutDeployRecord = defineRule({
  id: 'change-without-deploy-record',
  version: 2,
  kind: 'absence',
  title: 'Change by a deployer that no deploy record tells of',
  severity: 'high',
  why: 'Whoever holds the credentials of CI looks like CI; what he changes beside the pipeline is in no commit and in no record.',
  runbook: [
    'Look in CI for a run of `by` within half an hour of the change of `object`; without one its credentials were used elsewhere.',
    'Compare `object` with the reviewed repository and apply that again.',
    'A pipeline that deploys and publishes no record gets the step that does (docs/sources/deployments.md).',
  ],
  evidence: ['object', 'rule', 'change', 'by', 'environment'],
  maps: { attack: ['T1078.004', 'T1098'], soc2: ['CC8.1'], iso27001: ['A.8.32', 'A.8.9'] },
  peers: [],
  gaps: [
    'Held against records only where `corroboration.deployRecords` is `required`.',
    'A record names what was deployed: two changes of one object in one window look like one deployment where no digest tells.',
    'Objects beyond what is kept of the list of a record are not seen as named by it.',
  ],
  expects: 'a signed record of the deployment',
  sources: ['kubernetes', 'kong', 'iam', 'dataproc', 'dataflow', 'databricks', 'platform', 'deployments'],
  partners: ['deployments'],
  on: [
    'deploy',
    'policy.change',
    'credential.create',
    'credential.revoke',
    'network.change',
    'iam.change',
    'log.change',
    'data.share',
    'schema.change',
    'template.change',
    'schedule.change',
    'artifact.change',
    'cluster.update',
    'data.write',
  ],
  anchors: (record, context) => {
    if (record.kind !== 'event' || !isRequired(context)) return [];
    return record.event.action === 'deploy'
      ? context.facts
          .witnesses('change', DEPLOYED_CHANGES, around(record.time, RECORD_WINDOW_MS))
          .map(anchorOf)
      : [record];
  },
  judge: (anchor, context) => {
    if (anchor.kind !== 'event' || !isRequired(context)) return [];
    const { event } = anchor;
    if (!byDeployer(event, context.declared)) return [];
    return deployablesOf(event, context.declared).map((one) => judged(event, one, context));
  },
});

const isRequired = ({ declared }: Context): boolean => declared.corroboration.deployRecords === 'required';

/** One verdict for each rule that looks at such changes. */
function judged(event: TrailEvent, { detection, kind, found }: Deployable, context: Context): Judgement {
  const { declared, facts } = context;
  const about = detection.id;
  const keys = found.map(({ key }) => key);
  const record = coveringRecord(changedBy(event, kind, keys), recordsAround(event.time, facts), [], declared);
  const change = citedAs('change', event);
  if (record !== undefined) {
    return {
      verdict: 'satisfied',
      about,
      cited: [change, citedAs('deploy', record)],
      reason: 'A signed deploy record covers the change.',
    };
  }
  const gravest = found.toSorted((a, b) => rank(a) - rank(b))[0];
  const object = gravest?.key ?? event.resource ?? event.id;
  const told = {
    key: `${about} ${object}`,
    severity: SEVERITY[rank(gravest)] ?? 'high',
    summary: `${whoOf(event)}, a deployer, changed ${object}, and no signed deploy record tells of it.`,
    evidence: evidence(
      ['object', object],
      ['rule', about],
      ['change', event.method],
      ['by', event.actor?.id],
      ['environment', event.environment],
    ),
  };
  const isUnsure = found.every(({ verdict }) => verdict === 'undetermined');
  const otherwise: Outcome = isUnsure
    ? {
        verdict: 'undetermined',
        about,
        cited: [change],
        reason: 'The entry does not tell whether the change is one that is deployed.',
        found: told,
      }
    : { verdict: 'violated', about, cited: [change], found: told };
  return {
    verdict: 'waiting',
    about,
    until: recordsUntil(event.time, declared),
    on: ['deployments'],
    otherwise,
  };
}

/** Who may deploy does less harm than a stranger: nothing is critical by the missing record alone. */
const SEVERITY: readonly Severity[] = ['high', 'high', 'medium', 'low'];
const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
const rank = (found: Found | undefined): number => ORDER.indexOf(found?.severity ?? 'high');
