/** Who speaks for whom: short-lived tokens of accounts, and tokens of elsewhere that are exchanged for Google's. */
import { CALLERS, atLaptop } from '../callers.ts';
import type { Caller } from '../callers.ts';
import { ACCOUNTS, PROJECTS, REPOSITORY } from '../company.ts';
import type { Project } from '../company.ts';
import type { Draft, Json } from '../entry.ts';
import { sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';
import { change } from './change.ts';

export const accountResource = (project: Project, email: string, id: string): Json => ({
  type: 'service_account',
  labels: { project_id: project.id, email_id: email, unique_id: id },
});

/** Accounts by the number that entries name them by. */
export const UNIQUE = {
  breakGlass: '104417209953180023771',
  churnTrainer: '112908374650091827364',
  deployer: '117730921845560012934',
  partnerSync: '108264519037744120085',
} as const;

/** Tokens of an account, asked for by somebody else. The time is when it was minted, not when it was used. */
function minted(scene: Scene): readonly Draft[] {
  const mint = (
    at: string,
    by: Caller,
    project: Project,
    email: string,
    unique: string,
    more: { readonly delegates?: readonly string[]; readonly denied?: true } = {},
  ): Draft => {
    const chain = more.delegates?.map((one) => `projects/-/serviceAccounts/${one}`);
    return change(scene, {
      at,
      to: 'iam',
      by: more.denied === true ? { ...by, authenticationInfo: {} } : by,
      project,
      log: 'data_access',
      service: 'iamcredentials.googleapis.com',
      method: 'GenerateAccessToken',
      resourceName: `projects/-/serviceAccounts/${unique}`,
      permission: 'iam.serviceAccounts.getAccessToken',
      permissionType: 'ADMIN_READ',
      resource: accountResource(project, email, unique),
      request: {
        '@type': 'type.googleapis.com/google.iam.credentials.v1.GenerateAccessTokenRequest',
        name: `projects/-/serviceAccounts/${email}`,
        ...(chain === undefined ? {} : { delegates: chain }),
      },
      ...(chain === undefined ? {} : { metadata: { identityDelegationChain: chain } }),
      ...(more.denied === true ? { status: { code: 7, message: 'PERMISSION_DENIED' } } : {}),
    });
  };
  const ben = atLaptop('ben', '198.51.100.61');
  return [
    mint('00:02:40', ben, PROJECTS.prod, ACCOUNTS.breakGlass, UNIQUE.breakGlass),
    mint('14:31:58', CALLERS.github, PROJECTS.mesh, ACCOUNTS.deployer, UNIQUE.deployer, {
      delegates: [ACCOUNTS.portal],
    }),
    mint('20:25:11', CALLERS.ivoAtLaptop, PROJECTS.prod, ACCOUNTS.breakGlass, UNIQUE.breakGlass, {
      denied: true,
    }),
  ];
}

/** The token of a workflow is exchanged for one of Google's: who it is stands in the mapped principal alone. */
function federation(scene: Scene): readonly Draft[] {
  const { mesh } = PROJECTS;
  const pool = `projects/${mesh.number}/locations/global/workloadIdentityPools/github`;
  const subject = `principal://iam.googleapis.com/${pool}/subject/repo:${REPOSITORY}:ref:refs/heads/main`;
  const exchanges = ['06:10:11', '14:31:50', '14:33:02'].map((at) =>
    change(scene, {
      at,
      to: 'iam',
      by: {
        authenticationInfo: { principalSubject: scene.random.uuid() },
        ip: '192.0.2.77',
        userAgent: 'google-github-actions:auth/3.0.0',
      },
      project: mesh,
      log: 'data_access',
      service: 'sts.googleapis.com',
      method: 'google.identity.sts.v1.SecurityTokenService.ExchangeToken',
      resourceName: `${pool}/providers/github-actions`,
      permission: 'iam.workloadIdentityPoolProviders.exchangeToken',
      permissionType: 'DATA_READ',
      request: {
        '@type': 'type.googleapis.com/google.identity.sts.v1.ExchangeTokenRequest',
        grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
        audience: `//iam.googleapis.com/${pool}/providers/github-actions`,
        subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
        requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
      },
      metadata: { mapped_principal: subject, keyInfo: [{ use: 'verify', timeUntilExpiration: '86400s' }] },
    }),
  );
  const widened = change(scene, {
    at: '16:02:33',
    to: 'iam',
    by: 'deployer',
    project: mesh,
    service: 'iam.googleapis.com',
    method: 'google.iam.v1.WorkloadIdentityPools.UpdateWorkloadIdentityPoolProvider',
    resourceName: `${pool}/providers/github-actions`,
    permission: 'iam.workloadIdentityPoolProviders.update',
    request: {
      '@type': 'type.googleapis.com/google.iam.v1.UpdateWorkloadIdentityPoolProviderRequest',
      updateMask: 'attributeCondition',
      workloadIdentityPoolProvider: {
        name: `${pool}/providers/github-actions`,
        attributeCondition: "assertion.repository_owner == 'acme-example'",
        attributeMapping: { 'google.subject': 'assertion.sub' },
        oidc: { issuerUri: 'https://token.actions.githubusercontent.com' },
      },
    },
  });
  return [...exchanges, widened];
}

export const credentials = (scene: Scene): readonly Draft[] => [
  ...minted(sceneOf(scene, 'minted-tokens')),
  ...federation(sceneOf(scene, 'federation')),
];
