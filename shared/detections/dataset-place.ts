/** Where a dataset is, by its id: what decides over whether data stays in the organisation. */
import type { DeclaredFacts } from './declared-facts.ts';

export interface Place {
  readonly kind: 'bucket' | 'project' | 'elsewhere';
  /** Bucket, project id, or store and account of another provider. */
  readonly name: string;
}

/** Ids as shared/datasets/uri.ts spells them. Undefined for stores that are in no project: files of a cluster, topics of Kafka. */
export function placeOf(dataset: string): Place | undefined {
  const colon = dataset.indexOf(':');
  const scheme = dataset.slice(0, Math.max(colon, 0));
  const rest = dataset.slice(colon + 1);
  switch (scheme) {
    case 'gs':
      return { kind: 'bucket', name: firstPart(rest.slice(2), '/') };
    case 'bigquery':
      // Domain-scoped projects hold dots and a colon; dataset and table hold none.
      return { kind: 'project', name: beforeLast(beforeLast(rest, '.'), '.') };
    case 'spanner':
      return { kind: 'project', name: beforeLast(firstPart(rest.slice(2), '/'), ':') };
    case 's3':
    case 'abfss':
    case 'wasbs':
      return { kind: 'elsewhere', name: `${scheme}://${firstPart(rest.slice(2), '/')}` };
    default:
      return undefined;
  }
}

/** Undefined where nothing is declared that could tell, or the place is none of a provider's. */
export function isOwnPlace(place: Place, declared: DeclaredFacts): boolean | undefined {
  switch (place.kind) {
    case 'bucket':
      return declared.isOwnBucket(place.name);
    case 'project':
      return declared.isOwnProject(place.name);
    case 'elsewhere':
      // Buckets of other providers are declared with their scheme.
      return declared.isOwnBucket(place.name);
    default:
      return place.kind satisfies never;
  }
}

/** All of it where there is no separator. */
export function firstPart(text: string, separator: string): string {
  const end = text.indexOf(separator);
  return end < 0 ? text : text.slice(0, end);
}

function beforeLast(text: string, separator: string): string {
  const end = text.lastIndexOf(separator);
  return end < 0 ? text : text.slice(0, end);
}
