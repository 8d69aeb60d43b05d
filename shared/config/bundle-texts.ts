/** The texts of a bundle as one text, in which they are kept. */
import * as z from 'zod';
import { JobtrailError, messageOf } from '../errors.ts';
import type { BundleTexts } from './bundle.ts';

const File = z.strictObject({ name: z.string(), text: z.string() });
const Texts = z.strictObject({ config: File, policies: z.array(File), rules: z.array(File) });

export const writeTexts = ({ config, policies, rules }: BundleTexts): string =>
  JSON.stringify({ config, policies, rules });

/** @throws JobtrailError `store-schema` where it is nothing that writeTexts wrote. */
export function readTexts(text: string): BundleTexts {
  try {
    return Texts.parse(JSON.parse(text));
  } catch (error) {
    throw new JobtrailError(
      'store-schema',
      `A row of Bundles holds no texts of a bundle: ${messageOf(error)}`,
      'Nothing of Jobtrail writes such a row: restore it, or push the bundle to another database.',
      { cause: error },
    );
  }
}
