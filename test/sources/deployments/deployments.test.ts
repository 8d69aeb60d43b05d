/** Deploy records: who deployed, and what the record may be believed for. */
import { describe, expect, it } from 'vitest';
import { verify } from '../../../shared/attest/verify.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { deployments } from '../../../shared/sources/deployments/index.ts';
import { keyringOf, proven, signature } from '../../support/attest.ts';
import { throwsNothing } from '../../support/constructed.ts';
import { samplesAreKept } from '../../support/proven-samples.ts';
import { deploy, SAMPLES } from './samples.ts';

samplesAreKept(import.meta.dirname, SAMPLES);

async function normalised(event: unknown): Promise<AuditEventDraft> {
  const entry = deployments.adopt?.({ kind: 'json', value: event as Readonly<Record<string, unknown>> });
  if (entry === undefined) throw new Error('not adopted');
  const credential = deployments.credential?.(entry);
  const attestation = credential === undefined ? undefined : await verify(credential, keyringOf());
  const result = deployments.normalise(entry, attestation);
  if (result.kind !== 'event') throw new Error(JSON.stringify(result));
  return result.event;
}

const [byGithub, , , byGitlab] = SAMPLES['constructed-deployments'] ?? [];

describe('who deployed', () => {
  it('is the workload that its token is of', async () => {
    expect(await normalised(byGithub)).toMatchObject({
      provenance: 'signed',
      identity: { caller: { kind: 'jwt' } },
      claims: {
        issuer: 'github-shop',
        signer: 'workload:oidc/token.actions.githubusercontent.com:repo:shop/etl:environment:prod',
        covers: 'content',
      },
    });
  });

  it('says that a token without the record covers its publisher alone', async () => {
    expect(await normalised(byGitlab)).toMatchObject({
      provenance: 'signed',
      claims: { issuer: 'gitlab', covers: 'publisher' },
    });
  });

  it('is nobody where a signed record names nobody', async () => {
    const event = await normalised(proven(deploy(), signature(deploy())));
    expect(event).toMatchObject({ provenance: 'signed', identity: { absent: 'not-recorded' } });
  });
});

describe('the objects', () => {
  it('are edges, each once, and no data access', async () => {
    const { concerns, datasets } = await normalised(byGithub);
    expect(datasets).toBeUndefined();
    expect(concerns).toEqual([
      { dataset: 'gs://shop-code/etl/orders.py', op: 'deploy' },
      { dataset: 'gs://shop-code/etl/lib.zip', op: 'deploy' },
    ]);
  });
});

it('hostile events never throw', () => {
  const entries = Object.values(SAMPLES)
    .flat()
    .flatMap(
      (value) =>
        deployments.adopt?.({ kind: 'json', value: value as Readonly<Record<string, unknown>> }) ?? [],
    );
  expect(entries.length).toBeGreaterThan(10);
  throwsNothing(deployments, entries);
});
