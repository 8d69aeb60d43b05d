/** The policies that held when something happened: of the mesh and the gateways it went through, and of its projects. */
import type { Row } from '../../schemas/tables.ts';
import { runSavedQuery, savedQuery } from '../../shared/store/queries.ts';
import type { Store } from '../../shared/store/store.ts';
import type { TableRow } from '../table.ts';
import { second, section, text, whoOf, type Section } from './explanation.ts';

const COLUMNS = ['plane', 'policy', 'content', 'since', 'by', 'provenance', 'event'];
/** Rows asked for at most, of each kind; a section shows fewer and counts the rest. */
const MOST_VERSIONS = '1000';
/** Digits of a content digest that are shown; `query policy-history` has all of them. */
const SHORT_DIGEST = 16;

/**
 * Versions in force at an instant.
 * @param at RFC 3339 time, such as that of a submission
 * @param projects projects whose own IAM policy, gateways and organisation policies count. Of an IAM policy without a
 *   recorded version it says so: the records began after its last change
 * @param clusters `PROJECT/LOCATION/NAME` of each cluster that a hop went through, `/NAMESPACE` behind it for one namespace alone
 */
export async function policiesSection(
  store: Store,
  at: string,
  projects: readonly string[],
  clusters: readonly string[],
): Promise<Section> {
  const query = savedQuery('policies-at');
  const ask = async (values: Readonly<Record<string, string>>): Promise<readonly Row[]> =>
    (await runSavedQuery(store, query, new Map(Object.entries({ at, limit: MOST_VERSIONS, ...values }))))
      .rows;
  const found: Row[] = [];
  for (const cluster of new Set(clusters)) {
    const policy = `kubernetes:${cluster}/`;
    found.push(...(await ask({ plane: 'mesh', policy })), ...(await ask({ plane: 'gateway', policy })));
  }
  const missing: TableRow[] = [];
  for (const project of new Set(projects)) {
    found.push(
      ...(await ask({ plane: 'gateway', project })),
      ...(await ask({ plane: 'organisation', project })),
    );
    const policy = `allow://cloudresourcemanager.googleapis.com/projects/${project}`;
    const own = (await ask({ plane: 'iam', policy })).filter((row) => row['Policy'] === policy);
    if (own.length === 0) missing.push({ plane: 'iam', policy, content: 'no version recorded' });
    found.push(...own);
  }
  const distinct = new Map(found.map((row) => [keyOf(row), row]));
  const rows = [...distinct.values()].map(versionRow);
  return section('policies in force', COLUMNS, [...rows, ...missing]);
}

const keyOf = (row: Row): string => JSON.stringify([row['Policy'], row['EventId'], row['Variant']]);

function versionRow(row: Row): TableRow {
  return {
    plane: text(row['Plane']),
    policy: text(row['Policy']),
    content: contentOf(row),
    since: second(row['Since']),
    by: whoDid(row),
    provenance: text(row['Provenance']),
    event: text(row['EventId']),
  };
}

function contentOf(row: Row): string {
  const digest = text(row['ContentDigest']);
  if (digest !== '') return digest.slice(0, SHORT_DIGEST);
  return row['Change'] === 'delete' ? 'deleted in the same instant' : 'changed, not told whole';
}

/** The query has the chain joined. */
function whoDid(row: Row): string {
  const chain = text(row['ActingFor']);
  const actor = whoOf({ Actor: row['Actor'] });
  return chain === '' ? actor : `${actor}; acting for ${chain}, as the event records`;
}
