/** Any identifier a person may write down: in the configuration, on the command line, in a policy. */
import { asciiLower, parsePrincipalId, unstated } from './canonical.ts';
import type { Identity } from './canonical.ts';
import { parseArn } from './aws.ts';
import { isGuid, parseGoogleMember } from './google-member.ts';
import { parseKubernetesName } from './kubernetes.ts';
import { parseRequestPrincipal } from './oidc.ts';
import { parseSpiffe } from './spiffe.ts';

/**
 * The canonical identity of an identifier in a grammar of docs/identity.md, or undefined. Entries never come this way:
 * there the field says which grammar a text is in, and a canonical id in it would be somebody's invention.
 */
export function parseIdentifier(text: string): Identity | undefined {
  return parsePrincipalId(text) ?? parseGoogleMember(text) ?? parseForeign(text);
}

function parseForeign(text: string): Identity | undefined {
  if (text.startsWith('system:')) return parseKubernetesName(text);
  if (text.startsWith('arn:')) return parseArn(text);
  if (text.startsWith('https://')) return parseRequestPrincipal(text);
  if (isGuid(text)) return unstated(asciiLower(text));
  return parseSpiffe(text);
}
