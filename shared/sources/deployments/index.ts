/**
 * Deployments: `jobtrail.deploy.v1` CloudEvents of CI and GitOps controllers. What becomes of each:
 * docs/sources/deployments.md.
 */
import { Deploy, DEPLOY_TYPE } from '../../../schemas/deploy.ts';
import { adoptRecord, credentialOf, type RecordKind } from '../../attest/record.ts';
import type { Source } from '../source.ts';
import { normaliseDeploy } from './deploy.ts';

const DEPLOYMENTS: RecordKind<Deploy> = {
  type: DEPLOY_TYPE,
  logName: 'jobtrail/deployments',
  use: 'deployments',
  schema: Deploy,
};

export const deployments: Source = {
  name: 'deployments',
  version: 1,
  methods: [DEPLOY_TYPE],
  owns: (entry) => entry.logName === DEPLOYMENTS.logName,
  adopt: adoptRecord(DEPLOYMENTS),
  credential: (entry) => credentialOf(DEPLOYMENTS, entry),
  normalise: (entry, attestation) => normaliseDeploy(DEPLOYMENTS, entry, attestation),
};
