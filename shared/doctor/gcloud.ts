/** Commands of gcloud that grant and take away, for whichever kind of resource. */
import type { Condition } from './facts.ts';
import { command } from './shell.ts';

/** Who may not look is given the role to look; the account is the reader's to fill in. */
export const grantToReader = (resource: string, role: string): string => grant(resource, 'user:YOU', role);

/** `resource` is a project, folder, organisation, topic or subscription. */
export function grant(resource: string, member: string, role: string): string {
  const { noun, place, takesConditions } = placeOf(resource);
  // Where others of its bindings have conditions, gcloud asks otherwise.
  const condition = takesConditions ? ['--condition=None'] : [];
  return command(
    `${noun} add-iam-policy-binding`,
    ...place,
    `--member=${member}`,
    `--role=${role}`,
    ...condition,
  );
}

/** Takes a role away, under whichever condition it was given. */
export function revoke(resource: string, member: string, role: string, condition?: Condition): string {
  const { noun, place, takesConditions } = placeOf(resource);
  if (condition !== undefined && !takesConditions) {
    const [read, write] = rewriting(resource);
    return `${read} > policy.json && \${EDITOR:-vi} policy.json && ${write}`;
  }
  const all = condition === undefined ? [] : ['--all'];
  return command(
    `${noun} remove-iam-policy-binding`,
    ...place,
    `--member=${member}`,
    `--role=${role}`,
    ...all,
  );
}

/** The commands that print a policy as JSON, and that write the one in policy.json. */
export function rewriting(resource: string): readonly [read: string, write: string] {
  const { noun, place } = placeOf(resource);
  return [
    command(`${noun} get-iam-policy`, ...place, '--format=json'),
    command(`${noun} set-iam-policy`, ...place, 'policy.json'),
  ];
}

interface CommandPlace {
  /** Words of gcloud. */
  readonly noun: string;
  /** The name, and flags that say where it is. */
  readonly place: readonly [name: string, ...flags: string[]];
  /** Whether bindings have conditions there. */
  readonly takesConditions: boolean;
}

function placeOf(resource: string): CommandPlace {
  const [kind, id = '', part, name = ''] = resource.split('/');
  if (part === 'topics' || part === 'subscriptions') {
    const noun = part === 'topics' ? 'gcloud pubsub topics' : 'gcloud pubsub subscriptions';
    return { noun, place: [name, `--project=${id}`], takesConditions: false };
  }
  const noun =
    kind === 'organizations'
      ? 'gcloud organizations'
      : kind === 'folders'
        ? 'gcloud resource-manager folders'
        : 'gcloud projects';
  return { noun, place: [id], takesConditions: true };
}

/** `--organization=N`, as the commands of Logging take it. */
export function parentFlag(parent: string): string {
  const [kind, id = ''] = parent.split('/');
  if (kind === 'organizations') return `--organization=${id}`;
  return kind === 'folders' ? `--folder=${id}` : `--project=${id}`;
}
