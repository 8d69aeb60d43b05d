/** What a command line of `backfill` must be, before anything is opened or asked. */
import { JobtrailError } from '../../shared/errors.ts';

export interface BackfillValues {
  readonly resource: readonly string[];
  readonly source: readonly string[];
  readonly filter: string;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly 'dry-run': boolean;
  readonly limit?: string | undefined;
}

const RESOURCE =
  /^(?:projects|folders|organizations|billingAccounts)\/[^/\s]{1,100}(?:\/locations\/[^/\s]{1,100}\/buckets\/[^/\s]{1,100}\/views\/[^/\s]{1,100})?$/;
/** Of one request. */
const MOST_RESOURCES = 100;

/** @throws JobtrailError `usage` */
export function checkUsage(names: readonly string[], values: BackfillValues): void {
  const { resource, source, filter, from, until } = values;
  if (names.length > 0 === resource.length > 0) {
    throw new JobtrailError(
      'usage',
      'backfill reads either Cloud Logging (--resource) or files.',
      'For example: npx jobtrail backfill --resource projects/P --from 2026-01-01, or npx jobtrail backfill gs://BUCKET/PREFIX',
    );
  }
  const wrong = resource.find((name) => !RESOURCE.test(name));
  if (wrong !== undefined || resource.length > MOST_RESOURCES) {
    throw new JobtrailError(
      'usage',
      wrong === undefined
        ? `Cloud Logging takes ${MOST_RESOURCES} resources at once, not ${resource.length}.`
        : `--resource takes a project, a folder, an organisation or a view, not ${wrong.slice(0, 120)}.`,
      'For example projects/P, organizations/123, or projects/P/locations/global/buckets/B/views/V.',
    );
  }
  if (resource.length > 0 && from === undefined) {
    throw new JobtrailError(
      'usage',
      'backfill from Cloud Logging needs --from TIME.',
      'Say where it is to begin.',
    );
  }
  if (names.length > 0 && (from !== undefined || until !== undefined || filter !== '' || source.length > 0)) {
    throw new JobtrailError(
      'usage',
      '--from, --until, --filter and --source are for Cloud Logging; files are read whole.',
      'Leave them out, or name the files of the span.',
    );
  }
  if (values.limit !== undefined && !values['dry-run']) {
    throw new JobtrailError(
      'usage',
      '--limit is for --dry-run: a backfill reads to the end.',
      'Narrow it by --until, or by a longer prefix.',
    );
  }
}
