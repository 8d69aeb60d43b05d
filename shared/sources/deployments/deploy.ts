/** A deploy record → event. Its objects are edges, so that what a job runs leads to the commit it was made of. */
import { DEPLOY_TYPE, type Deploy } from '../../../schemas/deploy.ts';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Attestation } from '../../attest/attestation.ts';
import { recordDigest } from '../../attest/canonical-record.ts';
import { readRecord, type RecordKind } from '../../attest/record.ts';
import { speakerOf } from '../../attest/speaker.ts';
import { claim, listClaim, type Claims } from '../../audit/claims.ts';
import { datasetOfUri } from '../../datasets/uri.ts';
import { parseIdentifier } from '../../identity/grammar/identifier.ts';
import { datasetId } from '../../model/dataset.ts';
import type { DatasetConcern, Normalised } from '../../model/event.ts';

type Data = Deploy['data'];

export function normaliseDeploy(
  kind: RecordKind<Deploy>,
  entry: LogEntry,
  attestation: Attestation | undefined,
): Normalised {
  const read = readRecord(kind, entry);
  if (read.kind === 'wrong') return { kind: 'refused', code: 'payload-shape', reason: read.reason };
  const { id, data } = read.record;
  if (data.deployer !== undefined && parseIdentifier(data.deployer) === undefined) {
    const reason = 'The deploy record names its deployer in no grammar of docs/identity.md.';
    return { kind: 'refused', code: 'payload-shape', reason };
  }
  const claims: Claims = {};
  const speaker = speakerOf(data.deployer, attestation, 'deployment', claims);
  originClaims(claims, id, data);
  claim(claims, 'recordDigest', recordDigest(read.record));
  listClaim(claims, 'objects', data.objects.map(contentOf));
  return {
    kind: 'event',
    event: {
      action: 'deploy',
      outcome: 'allowed',
      method: DEPLOY_TYPE,
      ...speaker,
      via: 'direct',
      resource: data.repository,
      concerns: data.objects.flatMap(deployed),
      claims,
    },
  };
}

function originClaims(claims: Claims, id: string, data: Data): void {
  claim(claims, 'deployId', id);
  claim(claims, 'repository', data.repository, 1024);
  claim(claims, 'commit', data.commit);
  claim(claims, 'ref', data.ref, 512);
  claim(claims, 'author', written(data.author), 1024);
  listClaim(claims, 'reviewers', (data.reviewers ?? []).map(written));
  claim(claims, 'environment', data.environment);
  claim(claims, 'pipeline', data.pipeline?.name);
  claim(claims, 'run', data.pipeline?.run);
  claim(claims, 'link', data.pipeline?.link, 1024);
}

/** Authors and reviewers are evidence only: a name of no grammar stays as Git has it. */
const written = <T extends string | undefined>(text: T): string | T =>
  (text === undefined ? undefined : parseIdentifier(text)?.id) ?? text;

type Deployed = Data['objects'][number];

/** `[uri, digest…]`, each digest with its kind before it. */
function contentOf({ uri, sha256, generation, md5, crc32c }: Deployed): readonly string[] {
  const digests = { sha256, generation, md5, crc32c };
  return [
    uri,
    ...Object.entries(digests).flatMap(([kind, value]) => (value === undefined ? [] : `${kind}:${value}`)),
  ];
}

function deployed({ uri }: Deployed): readonly DatasetConcern[] {
  const dataset = datasetOfUri(uri) ?? datasetId(uri);
  return dataset === undefined ? [] : [{ dataset, op: 'deploy' }];
}
