/** What agents, the deployment and the partner's key run, on their own or for somebody. */
import { PROJECTS } from '../company.ts';
import { MINUTE } from '../entry.ts';
import { pyspark, pysparkBatch } from './plan.ts';
import type { Plan } from './plan.ts';

const { prod, staging } = PROJECTS;

const machines = (day: string): readonly Plan[] => [
  {
    kind: 'job',
    id: `agent-price-proposal-${day}-a`,
    at: '09:40:11',
    caller: 'pricingAgentForAna',
    via: 'gateway-in-mesh',
    project: 'prod',
    minutes: 8,
    named: true,
    // The agent of Cloud Logging on the gateway's node was restarted.
    gatewayLateMs: 40 * MINUTE,
    labels: { agent: 'pricing-agent', requested_by: 'ana' },
    work: pyspark('pricing/propose.py', [
      '--input=gs://acme-curated/elasticity/',
      `--output-table=${prod.id}.pricing.proposals`,
    ]),
  },
  {
    kind: 'batch',
    id: `agent-catalog-dedup-${day}`,
    at: '12:25:50',
    caller: 'catalogAgent',
    via: 'mesh',
    project: 'prod',
    minutes: 14,
    named: true,
    labels: { agent: 'catalog-agent' },
    work: pysparkBatch('catalog/dedup.py', [
      `--input-table=${prod.id}.catalog.products`,
      `--output-table=${prod.id}.catalog.products_clean`,
    ]),
  },
  {
    // Outside its lane: the agent reaches for customer data and the mesh refuses.
    kind: 'job',
    id: `agent-catalog-customers-${day}`,
    at: '12:44:05',
    caller: 'catalogAgent',
    via: 'mesh',
    project: 'prod',
    minutes: 0,
    end: 'refused-by-mesh',
    work: pyspark('catalog/join.py', [
      '--input=gs://acme-curated/customers/',
      '--output=gs://acme-curated/joined/',
    ]),
  },
  {
    kind: 'job',
    id: 'deploy-smoke-test-4e1c09d',
    at: '14:33:20',
    caller: 'github',
    via: 'gateway',
    project: 'staging',
    minutes: 3,
    labels: { commit: '4e1c09d' },
    work: pyspark('orders/curate.py', ['--self-test', `--output=gs://${staging.id}-curated/smoke/`]),
  },
  {
    kind: 'job',
    id: 'partner-price-pull',
    at: '18:30:02',
    caller: 'partnerSync',
    via: 'gateway',
    project: 'prod',
    minutes: 5,
    work: pyspark('partners/pull.py', [
      `--input-table=${prod.id}.pricing.proposals`,
      '--output=gs://acme-partner-exchange/prices/',
    ]),
  },
  {
    // The same key past the gateway, beside the call that came through it.
    kind: 'job',
    id: 'partner-price-pull-again',
    at: '18:30:38',
    caller: 'partnerSync',
    via: 'direct',
    project: 'prod',
    minutes: 4,
    application: 1310,
    work: pyspark('partners/pull.py', [
      `--input-table=${prod.id}.pricing.proposals`,
      '--output=gs://acme-partner-exchange/prices/',
    ]),
  },
  {
    // The scheduler's credential, used out of a notebook: two identities for one request.
    kind: 'job',
    id: 'features-rebuild-adhoc',
    at: '15:48:20',
    caller: 'schedulerInNotebook',
    via: 'mesh',
    project: 'prod',
    minutes: 7,
    tagged: true,
    work: pyspark('ml/training_set.py', [
      '--input=gs://acme-features/churn/',
      '--output=gs://acme-features/adhoc/',
    ]),
  },
  {
    kind: 'job',
    id: `training-set-push-late-${day}`,
    at: '23:52:48',
    caller: 'pricingAgentForAna',
    via: 'gateway-in-mesh',
    project: 'prod',
    minutes: 5,
    named: true,
    labels: { agent: 'pricing-agent', requested_by: 'ana' },
    // What the partner agreed to; no argument says so.
    alsoReads: [`${prod.id}.share.agreements`],
    work: pyspark('share/push_dataset.py', [
      '--input=gs://acme-models/churn/training-set/',
      '--output=gs://acme-partner-exchange/churn/',
    ]),
  },
];

export const agentJobs = (date: string): readonly Plan[] => machines(date.replaceAll('-', ''));
