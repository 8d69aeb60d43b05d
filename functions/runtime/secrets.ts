/**
 * Where the configuration or the environment says a secret is → the secret, without the blanks and line ends that editors
 * leave around it. Secret Manager puts them into variables or mounted files.
 */
import { readFileSync } from 'node:fs';
import type { Secrets } from '../../shared/alerts/channels.ts';

export function createSecrets(variables: Readonly<Record<string, string | undefined>>): Secrets {
  return (reference) => {
    if (reference.startsWith('env:')) return variables[reference.slice(4)]?.trim();
    if (!reference.startsWith('file:')) return undefined;
    try {
      return readFileSync(reference.slice(5), 'utf8').trim();
    } catch {
      // Told with all that is missing, by the setting's name.
      return undefined;
    }
  };
}
