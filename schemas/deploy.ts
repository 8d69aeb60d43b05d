/**
 * `jobtrail.deploy.v1`: code came from a repository to where jobs take it from. Published as a CloudEvent by CI or a
 * GitOps controller; docs/sources/deployments.md has an example.
 */
import * as z from 'zod';
import { cloudEvent, identifier, line, proof, sha256Hex } from './cloud-event.ts';

export const DEPLOY_TYPE = 'jobtrail.deploy.v1';

/** One object as it is after the deployment. At least one member says which content it has. */
const DeployedObject = z
  .strictObject({
    /** `gs://BUCKET/OBJECT`, or where else jobs take code from. */
    uri: line(1024),
    sha256: sha256Hex.optional(),
    /** Of Cloud Storage: a number above 2^53, as text. */
    generation: z
      .string()
      .regex(/^[0-9]{1,20}$/)
      .optional(),
    /** As Cloud Storage has them: base64 of 16 and of 4 bytes. */
    md5: z
      .string()
      .regex(/^[A-Za-z0-9+/]{22}==$/)
      .optional(),
    crc32c: z
      .string()
      .regex(/^[A-Za-z0-9+/]{6}==$/)
      .optional(),
  })
  .refine(({ sha256, generation, md5, crc32c }) => (sha256 ?? generation ?? md5 ?? crc32c) !== undefined, {
    error: 'give a digest or the generation: a name alone says nothing about the content',
  });

const DeployData = z.strictObject({
  /** URL without credentials. */
  repository: z
    .url({ protocol: /^https$/ })
    .max(1024)
    .refine((url) => !url.includes('@'), { error: 'expected a URL without credentials' }),
  /** SHA-1 or SHA-256 of Git. */
  commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'expected a full commit hash'),
  ref: line(512).optional(),
  author: identifier.optional(),
  reviewers: z.array(identifier).max(50).optional(),
  /** Who or what deployed; absent: the subject of the token. */
  deployer: identifier.optional(),
  environment: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/)
    .optional(),
  pipeline: z
    .strictObject({
      name: line(256).optional(),
      /** Id of the run. */
      run: line(256),
      link: z
        .url({ protocol: /^https$/ })
        .max(1024)
        .optional(),
    })
    .optional(),
  objects: z.array(DeployedObject).min(1).max(500),
  proof: proof.optional(),
});

export const Deploy = cloudEvent(DEPLOY_TYPE, DeployData);
export type Deploy = z.infer<typeof Deploy>;
