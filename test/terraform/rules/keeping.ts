/** What keeps the trail: backups, retention, keys, and who may use keys of one's own. */
import * as z from 'zod';
import type { Deployed, Rule } from './deployed.ts';
import { AGENT } from './messages.ts';

const Backup = z.object({ instance: z.string(), database: z.string() });
const Database = z.object({ instance: z.string(), name: z.string() });
const Bucket = z.object({
  name: z.string(),
  force_destroy: z.boolean().nullable(),
  retention_policy: z.array(z.object({ retention_period: z.union([z.string(), z.number()]) })),
});
const Key = z.object({
  purpose: z.string(),
  deletion_policy: z.string().nullable(),
  version_template: z.array(z.object({ algorithm: z.string() })),
});
const OnKey = z.object({ crypto_key_id: z.string(), role: z.string(), member: z.string() });
const OwnKey = z.string().nullable().optional();
const Topic = z.object({ kms_key_name: OwnKey });

export const backups: Rule = (deployed) => {
  const backed = deployed.all('google_spanner_backup_schedule', Backup);
  return deployed
    .all('google_spanner_database', Database)
    .filter(
      (one) => !backed.some(({ instance, database }) => instance === one.instance && database === one.name),
    )
    .map(({ address }) => `${address} is not backed up`);
};

/** What is signed is kept where nobody can change it: a bucket with a retention policy, which no destroy empties. */
export const evidence: Rule = (deployed) => {
  const kept = deployed
    .all('google_storage_bucket', Bucket)
    .filter(({ retention_policy }) => retention_policy.length > 0);
  return [
    ...(kept.length > 0
      ? []
      : signers(deployed).map(
          ({ address }) => `what ${address} signs is kept in no bucket with a retention policy`,
        )),
    ...kept
      .filter(({ force_destroy }) => force_destroy === true)
      .map(({ address }) => `${address} would be emptied by a destroy`),
  ];
};

const signers = (deployed: Deployed): (z.infer<typeof Key> & { readonly address: string })[] =>
  deployed.all('google_kms_crypto_key', Key).filter(({ purpose }) => purpose === 'ASYMMETRIC_SIGN');

export const signingKeys: Rule = (deployed) =>
  signers(deployed).flatMap(({ address, deletion_policy, version_template }) => [
    ...(version_template.every(({ algorithm }) => algorithm === 'EC_SIGN_ED25519')
      ? []
      : [`${address} does not sign with Ed25519, which checkpoints are signed with`]),
    ...(deletion_policy === 'PREVENT' ? [] : [`${address} can be destroyed by an apply`]),
  ]);

/** A topic whose key Pub/Sub's agent may not use takes no message. */
export const ownKeys: Rule = (deployed) => {
  const grants = deployed.all('google_kms_crypto_key_iam_member', OnKey);
  return deployed
    .all('google_pubsub_topic', Topic)
    .flatMap(({ address, kms_key_name }) =>
      kms_key_name === null ||
      kms_key_name === undefined ||
      grants.some(
        (one) =>
          one.crypto_key_id === kms_key_name &&
          one.role === 'roles/cloudkms.cryptoKeyEncrypterDecrypter' &&
          AGENT.test(one.member),
      )
        ? []
        : [`${address}: Pub/Sub may not use ${kms_key_name}, no message is taken`],
    );
};
