/**
 * The configuration that goes into every zip: jobtrail.yaml, policies/ and rules/ of one folder, and nothing else that lies
 * there. One that a function would refuse at its start is refused here.
 */
import { parseBundle } from '../../shared/config/bundle.ts';
import { readBundleTexts } from '../../shared/config/read-bundle.ts';

/** Where it is in the zip. */
export const CONFIG_FOLDER = 'config';

export interface Configuration {
  /** As `jobtrail policy` and the rows in the store name it. */
  readonly digest: string;
  /** Name in the zip → text. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * @param path of jobtrail.yaml, or of the folder that it is in
 * @throws JobtrailError `file-unreadable`, or `config-invalid` with every problem of every file
 */
export function readConfiguration(path: string): Configuration {
  const texts = readBundleTexts(path);
  const { digest } = parseBundle(texts);
  const files = new Map<string, Uint8Array>();
  // Functions look for jobtrail.yaml, whatever the file is called here.
  files.set(`${CONFIG_FOLDER}/jobtrail.yaml`, Buffer.from(texts.config.text));
  for (const { name, text } of [...texts.policies, ...texts.rules]) {
    files.set(`${CONFIG_FOLDER}/${name}`, Buffer.from(text));
  }
  return { digest, files };
}

/**
 * First lines of a bundle that has a configuration: it is the one in force unless the environment names another. The place
 * is computed where it runs, since none is known here. That it was checked, and by which digest, is known here alone.
 */
export const useConfiguration = ({ digest }: Configuration): string =>
  [
    `process.env.JOBTRAIL_CONFIG ??= (await import('node:url')).fileURLToPath(new URL('./${CONFIG_FOLDER}', import.meta.url));`,
    `process.env.JOBTRAIL_CHECKED_BUNDLE = '${digest}';`,
  ].join('\n');
