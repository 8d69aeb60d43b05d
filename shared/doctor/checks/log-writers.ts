/** Who may write the logs that count as evidence: whoever may write log entries of a mesh project can invent calls. */
import type { PolicyFacts } from '../facts.ts';
import { type Asked, type CheckText, type Line, shellWord, some, teller } from '../line.ts';

export const LOG_WRITERS: CheckText = {
  name: 'log-writers',
  looksAt: 'who may write log entries in each of `meshProjects`, by its IAM policy and those above it',
  wrongWhen: 'a person, a group, a domain or everybody may',
  warnsWhen:
    'a basic role or that of a job worker gives it, a whole pool of identities has it, or a custom role may give it',
};

/** Roles that give `logging.logEntries.create`, and how one who has it came by it. */
const ROLES: Readonly<Record<string, 'writer' | 'basic' | 'job'>> = {
  'roles/logging.logWriter': 'writer',
  'roles/logging.admin': 'writer',
  'roles/editor': 'basic',
  'roles/owner': 'basic',
  'roles/dataproc.worker': 'job',
  'roles/dataflow.worker': 'job',
};
const CUSTOM = /^(?:projects|organizations)\/[^/]+\/roles\//;
const PEOPLE =
  /^(?:user:|group:|domain:|allUsers$|allAuthenticatedUsers$|principal:\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/)/;

const tell = teller(LOG_WRITERS);

/** @param policies of the project and all above it, by the name of the resource */
export function checkLogWriters(
  project: string,
  policies: readonly { readonly resource: string; readonly asked: Asked<PolicyFacts> }[],
): readonly Line[] {
  const about = `projects/${project}`;
  const lines: Line[] = [];
  const writers = new Set<string>();
  for (const { resource, asked } of policies) {
    if (asked.kind === 'refused') {
      lines.push(tell.unasked(`${about} by ${resource}`, asked));
      continue;
    }
    for (const { role, members } of asked.value.bindings) {
      if (Object.hasOwn(ROLES, role)) for (const member of members) writers.add(member);
      lines.push(...ofBinding(about, resource, role, members));
    }
  }
  if (lines.length > 0) return lines;
  return [tell.ok(about, `${writers.size} service accounts may write log entries, nobody else`)];
}

function ofBinding(
  about: string,
  resource: string,
  role: string,
  members: readonly string[],
): readonly Line[] {
  if (CUSTOM.test(role)) {
    const says = `whether ${role} of ${resource} gives logging.logEntries.create is not looked up; ${some(members)} have it`;
    return [tell.warning(about, says, describe(role))];
  }
  const kind = Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  if (kind === undefined) return [];
  const remove = (member: string): string =>
    `gcloud ${commandOf(resource)} remove-iam-policy-binding ${resource.split('/')[1]} --member=${shellWord(member)} --role=${role}`;
  const lines: Line[] = [];
  const people = members.filter((member) => PEOPLE.test(member));
  const [first] = people;
  if (first !== undefined) {
    const says = `${some(people)} may write log entries (${role} on ${resource}): records of the mesh could be invented`;
    lines.push(tell.wrong(about, says, remove(first)));
  }
  const others = members.filter((member) => !PEOPLE.test(member));
  const suspects = kind === 'writer' ? others.filter((member) => member.startsWith('principalSet:')) : others;
  const [suspect] = suspects;
  if (suspect !== undefined) {
    const how = {
      writer: `a whole pool of identities may write log entries (${role} on ${resource})`,
      basic: `may write log entries by the basic role ${role} on ${resource}`,
      job: `the code of jobs may write log entries (${role} on ${resource})`,
    }[kind];
    lines.push(tell.warning(about, `${some(suspects)}: ${how}`, remove(suspect)));
  }
  return lines;
}

function describe(role: string): string {
  const [kind = '', id = '', , name = ''] = role.split('/');
  return `gcloud iam roles describe ${name} --${kind.slice(0, -1)}=${id}`;
}

const commandOf = (resource: string): string =>
  resource.startsWith('folders/') ? 'resource-manager folders' : (resource.split('/')[0] ?? 'projects');
