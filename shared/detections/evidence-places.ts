/** Where evidence is written, as declared: topics that it passes, projects in which mesh and gateway log, and what holds these. */
import type { TrailEvent } from '../model/trail-event.ts';
import { isContainer } from './bindings.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { publishes, writesEntries } from './evidence-roles.ts';

/** Something that a right on a resource may let somebody write. */
export interface Writing {
  readonly what: string;
  readonly permission: string;
  /** Undefined: whether there is any below the resource is not known. */
  readonly isThere: true | undefined;
  /** Whether a role lets its members write it; undefined where that is not known. */
  readonly by: (role: string) => boolean | undefined;
}

const TOPICS = { what: 'messages to topics that evidence passes', permission: 'pubsub.topics.publish' };
const ENTRIES = { what: 'log entries of mesh and gateway', permission: 'logging.logEntries.create' };

/** A resource, and the project that the entry is of: it has a number as well as an id, and either may be named. */
export type Place = Pick<TrailEvent, 'resource' | 'project'>;

/** What can be written by a right on the resource: none of it on one that is no topic, project, folder or organisation. */
export function writingsOn({ resource, project }: Place, declared: DeclaredFacts): readonly Writing[] {
  if (resource === undefined) {
    // It may be whatever the project holds; where the entry is of none, whatever there is.
    const around = project === undefined ? 'folders/-' : `projects/${project}`;
    return writingsOn({ resource: around, project }, declared).map((one) => ({ ...one, isThere: undefined }));
  }
  const parts = partsOf(resource, project);
  const topics = topicsOn(parts, declared);
  const entries = declared.hasMeshProjects && entriesOn(parts, declared);
  // Of a role that is not known, where nobody says which topics matter, nothing at all is known.
  const by = declared.hasExportPath ? publishes : (role: string): boolean => publishes(role) === true;
  return [
    ...(topics === false ? [] : [{ ...TOPICS, isThere: topics, by }]),
    ...(entries === false ? [] : [{ ...ENTRIES, isThere: entries, by: writesEntries }]),
  ];
}

/** Whether messages pass the resource itself, a topic or subscription. Undefined: none is named, or no path declared. */
export const isOnPath = ({ resource, project }: Place, declared: DeclaredFacts): boolean | undefined =>
  resource === undefined ? undefined : isNamed(partsOf(resource, project), declared);

const isNamed = ({ kind, ids, rest }: Parts, declared: DeclaredFacts): boolean | undefined =>
  anyOf(ids, (id) => declared.isOnExportPath(`${kind}/${id}/${rest}`));

function topicsOn(parts: Parts, declared: DeclaredFacts): boolean | undefined {
  const { kind, ids, rest, holdsOthers } = parts;
  if (kind === 'projects' && rest.startsWith('topics/')) return isNamed(parts, declared);
  if (!holdsOthers) return false;
  if (kind === 'projects') return anyOf(ids, (id) => declared.holdsExportTopic(id));
  return declared.hasExportPath ? isOwnOrganisation(parts, declared) : undefined;
}

/** Entries are written to projects. */
function entriesOn(parts: Parts, declared: DeclaredFacts): boolean | undefined {
  if (!parts.holdsOthers) return false;
  return parts.kind === 'projects'
    ? anyOf(parts.ids, (id) => declared.isMeshProject(id))
    : isOwnOrganisation(parts, declared);
}

/** All that is declared is in it. Of a folder, and of another organisation, that is not known. */
const isOwnOrganisation = ({ kind, ids }: Parts, declared: DeclaredFacts): true | undefined =>
  kind === 'organizations' && anyOf(ids, (id) => declared.isOwnContainer(`${kind}/${id}`)) === true
    ? true
    : undefined;

interface Parts {
  readonly kind: string;
  readonly ids: readonly string[];
  /** `topics/T` */
  readonly rest: string;
  readonly holdsOthers: boolean;
}

/** `projects/P/topics/T`, with or without the service before it. */
function partsOf(resource: string, project: string | undefined): Parts {
  const [kind = '', id = '', ...rest] = resource.replace(/^\/\/[^/]+\//, '').split('/');
  return {
    kind,
    ids: [id, project ?? id],
    rest: rest.join('/'),
    holdsOthers: isContainer(resource),
  };
}

function anyOf(ids: readonly string[], has: (id: string) => boolean | undefined): boolean | undefined {
  const answers = new Set(ids.map((id) => has(id)));
  return answers.has(true) ? true : answers.has(undefined) ? undefined : false;
}
