/**
 * The path that a record came by: what falls silent or late together. A source; for mesh and gateway the cluster and, in the
 * mesh, who reported; for Databricks the workspace.
 *
 * Threat: cluster names are text of whoever wrote the entry. They are cut and cleaned, and what no declared project vouches
 * for is one path of its own, which nothing waits for: else one entry of an invented cluster would hold every verdict.
 */
import type { Row } from '../../../schemas/tables.ts';
import { textOf } from '../../detections/evidence.ts';
import type { TrailEvent } from '../../model/trail-event.ts';

/** Records of mesh and gateway that anybody could have written. */
const UNDECLARED = '(undeclared)';
/** Paths beyond the number that is told apart. */
const OTHER = '(other)';
const MAX_NAME = 63;

/** Where the path of a record is told. */
export interface PathParts {
  readonly source: string;
  readonly provenance: string;
  readonly project: string | undefined;
  readonly claim: (name: string) => string | undefined;
}

export function pathOfParts({ source, provenance, project, claim }: PathParts): string | undefined {
  switch (source) {
    case 'istio':
      return provenance === 'tenant'
        ? `istio/${UNDECLARED}`
        : `istio/${segment(claim('cluster'))}/${segment(claim('reporter'))}`;
    case 'kong':
      return provenance === 'tenant'
        ? `kong/${UNDECLARED}`
        : `kong/${segment(claim('cluster') ?? claim('workspace'))}`;
    case 'databricks':
      return `databricks/${segment(project?.startsWith('databricks/') === true ? project.slice(11) : undefined)}`;
    default:
      return plainPath(source);
  }
}

/** A canary proves something only when its signature is checked, and is no record of the path's own. */
const plainPath = (source: string): string | undefined => (source === 'canary' ? undefined : source);

export const pathOfEvent = (event: TrailEvent): string | undefined =>
  pathOfParts({ ...event, claim: (name) => textOf(event.claims, name) });

/**
 * Paths of many rows of Events, of which most are the same: claims are read where they tell the path, and then only what tells it;
 * a name is cleaned once.
 */
export function createPathOfRow(): (row: Row) => string | undefined {
  const known = new Map<string, string | undefined>();
  let lastName = '';
  let lastPath: string | undefined;
  return (row) => {
    const source = row['Source'];
    if (typeof source !== 'string') return undefined;
    if (!TOLD_BY_CLAIMS.has(source)) return source === 'databricks' ? pathOfRow(row) : plainPath(source);
    const claims = row['Claims'];
    if (row['Provenance'] === 'tenant' || typeof claims !== 'string') return pathOfRow(row);
    const cluster = rawClaim(claims, CLUSTER);
    const beside = rawClaim(claims, source === 'istio' ? REPORTER : WORKSPACE);
    const name = `${source} ${cluster} ${beside}`;
    if (name === lastName) return lastPath;
    let path = known.get(name);
    if (path === undefined) {
      path = pathOfRow(row);
      if (known.size < MAX_KNOWN) known.set(name, path);
    }
    lastName = name;
    lastPath = path;
    return path;
  };
}

const MAX_KNOWN = 64;
const TOLD_BY_CLAIMS: ReadonlySet<string> = new Set(['istio', 'kong']);

/** Of one row of Events. */
export function pathOfRow(row: Row): string | undefined {
  const { Source: source, Provenance: provenance, Project: project, Claims: claims } = row;
  return pathOfParts({
    source: typeof source === 'string' ? source : '',
    provenance: typeof provenance === 'string' ? provenance : '',
    project: typeof project === 'string' ? project : undefined,
    claim: (name) => (typeof claims === 'string' ? claimIn(claims, name) : undefined),
  });
}

/**
 * A text claim out of the JSON of all. Claims are flat, and JSON writes a quote inside a text as `\"`: `"name":"` is where
 * the member is and nowhere else.
 */
export function claimIn(json: string, name: string): string | undefined {
  const value = rawClaim(json, `"${name}":"`);
  // An escape may stand for a quote; a name that has one is none that a cluster may have.
  return value === '' || value.includes('\\') ? undefined : value;
}

/** As it is written, up to the next quote; empty where there is none. */
function rawClaim(json: string, member: string): string {
  const at = json.indexOf(member);
  if (at < 0) return '';
  const begin = at + member.length;
  const end = json.indexOf('"', begin);
  return end < 0 ? '' : json.slice(begin, end);
}

const CLUSTER = '"cluster":"';
const REPORTER = '"reporter":"';
const WORKSPACE = '"workspace":"';

const segment = (name: string | undefined): string =>
  name === undefined ? '-' : name.slice(0, MAX_NAME).replaceAll(/[^A-Za-z0-9._-]/g, '_');

/** The path that stands for those of its source beyond the limit. */
export const otherOf = (path: string): string => `${sourceOfPath(path)}/${OTHER}`;

export function sourceOfPath(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash);
}

/** Whether verdicts may wait for it. */
export const isAwaited = (path: string): boolean =>
  !path.endsWith(`/${UNDECLARED}`) && !path.endsWith(`/${OTHER}`);

export type Plane = 'gateway' | 'mesh';

export function planeOf(path: string): Plane | undefined {
  const source = sourceOfPath(path);
  return source === 'kong' ? 'gateway' : source === 'istio' ? 'mesh' : undefined;
}
