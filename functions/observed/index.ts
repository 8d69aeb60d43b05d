/**
 * HTTP function that a scheduler calls: asks the engines for their jobs and Cloud Monitoring for its counts, and records
 * what they list. The scheduler's token is checked like that of a push subscription.
 */
import { http } from '@google-cloud/functions-framework';
import { GoogleAuth } from 'google-auth-library';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { observed } from '../../shared/sources/observed/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';
import { parseObserveEnvironment } from './environment.ts';
import { inventoriesOf } from './inventories.ts';
import { createRun } from './run.ts';
import { tokenFrom } from './token.ts';

const { seconds, maxPages, urls } = parseObserveEnvironment(process.env);
const bundle = readBundle(process.env['JOBTRAIL_CONFIG'], process.env['JOBTRAIL_CHECKED_BUNDLE']);
const { observe } = bundle.config;
// The APIs take no narrower scope; what may be read is said by the roles of the function's account.
const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' });
const inventories = inventoriesOf(observe, {
  urls,
  maxPages,
  googleToken: () => auth.getAccessToken(),
  databricksToken: (place) => tokenFrom(place, process.env),
});
const run = createRun({ inventories, lookbackHours: observe.lookbackHours, seconds });

http('observed', sourceFunction(observed, process.env, { run, bundle }));
