/** Approvals: what is taken for proven, and what is not. */
import { describe, expect, it } from 'vitest';
import { LogEntry } from '../../../schemas/log-entry.ts';
import { verify } from '../../../shared/attest/verify.ts';
import type { AuditEventDraft } from '../../../shared/model/event.ts';
import { approvals } from '../../../shared/sources/approvals/index.ts';
import { claimsFor, CHANGES, ISSUERS, keyringOf, proven, signature, token } from '../../support/attest.ts';
import { throwsNothing } from '../../support/constructed.ts';
import { samplesAreKept } from '../../support/proven-samples.ts';
import { approval, SAMPLES } from './samples.ts';

samplesAreKept(import.meta.dirname, SAMPLES);

async function normalised(event: unknown, keyring = keyringOf()): Promise<AuditEventDraft> {
  const entry = approvals.adopt?.({ kind: 'json', value: event as Readonly<Record<string, unknown>> });
  if (entry === undefined) throw new Error('not adopted');
  const credential = approvals.credential?.(entry);
  const attestation = credential === undefined ? undefined : await verify(credential, keyring);
  const result = approvals.normalise(LogEntry.parse(entry), attestation);
  if (result.kind !== 'event') throw new Error(JSON.stringify(result));
  return result.event;
}

describe('who approved', () => {
  it('is the approver where the signer vouches for others', async () => {
    const event = await normalised(proven(approval(), signature(approval())));
    expect(event).toMatchObject({
      provenance: 'signed',
      identity: { caller: { kind: 'vouched', identifier: 'li.wei@example.com' } },
      claims: { issuer: 'changes', signer: 'changes-1', covers: 'content' },
    });
    expect(event.claims).not.toHaveProperty('unverified');
  });

  it('is the subject of the token where it is the approver', async () => {
    const event = await normalised(proven(approval(), token(claimsFor(approval()))));
    expect(event).toMatchObject({
      provenance: 'signed',
      identity: { caller: { kind: 'jwt' } },
      claims: { issuer: 'people', signer: 'user:google:li.wei@example.com', covers: 'content' },
    });
  });

  it('is a name only where the token is of somebody else', async () => {
    const other = approval({ approver: 'ana.ruiz@example.com' });
    const event = await normalised(proven(other, token(claimsFor(other))));
    expect(event).toMatchObject({
      provenance: 'tenant',
      identity: { caller: { kind: 'named', name: 'ana.ruiz@example.com', realm: 'approval' } },
      claims: { signer: 'user:google:li.wei@example.com', unverified: 'not-vouched' },
    });
  });

  it('is a name only where a signature is of an issuer that speaks for nobody', async () => {
    const [changes] = ISSUERS;
    const keyring = keyringOf([{ ...changes, vouchesFor: 'subject' }]);
    const event = await normalised(proven(approval(), signature(approval())), keyring);
    expect(event).toMatchObject({ provenance: 'tenant', claims: { unverified: 'not-vouched' } });
  });

  it('is a name only where there is no proof, or a wrong one', async () => {
    expect(await normalised(approval())).toMatchObject({
      provenance: 'tenant',
      identity: { caller: { kind: 'named' } },
      claims: { unverified: 'no-proof' },
    });
    const changed = proven(approval({ uses: 1000 }), signature(approval()));
    expect(await normalised(changed)).toMatchObject({
      provenance: 'tenant',
      claims: { unverified: 'signature-wrong' },
    });
  });

  it('shows as the beneficiary where that is one person', async () => {
    const { claims } = await normalised(approval({ for: 'user:google:li.wei@example.com' }));
    expect(claims?.['approver']).toBe(claims?.['beneficiary']);
  });
});

describe('an entry around an approval', () => {
  const event = proven(approval(), signature(approval()));
  const entry = approvals.adopt?.({ kind: 'json', value: event });

  it.each([
    { timestamp: '2027-01-01T00:00:00Z' },
    { insertId: 'used again' },
    { receiveTimestamp: '2036-01-01T00:00:00Z' },
    { split: { uid: 'x', index: 1 } },
  ])('must not say other things: %o', (over) => {
    const forged = LogEntry.parse({ ...entry, ...over });
    expect(approvals.owns(forged)).toBe(true);
    expect(approvals.credential?.(forged)).toBeUndefined();
    expect(approvals.normalise(forged)).toMatchObject({ kind: 'refused', code: 'payload-shape' });
  });
});

describe('hostile events', () => {
  it('never throw', () => {
    const entries = Object.values(SAMPLES)
      .flat()
      .flatMap(
        (value) =>
          approvals.adopt?.({ kind: 'json', value: value as Readonly<Record<string, unknown>> }) ?? [],
      );
    expect(entries.length).toBeGreaterThan(10);
    throwsNothing(approvals, entries);
  });

  it('do not bring a name of theirs into the index by job', async () => {
    const event = await normalised(
      approval({ what: { actions: ['job.submit'], job: 'dataproc:a/b\u202e' } }),
    );
    expect(event.job).toBeUndefined();
    expect(event.jobName).toBe('dataproc:a/b\u202e');
  });

  it('do not choose their issuer by an extension', async () => {
    const event = await normalised({ ...approval(), iss: CHANGES, proof: signature(approval()) });
    expect(event.claims).toMatchObject({ unverified: 'no-proof' });
  });
});
