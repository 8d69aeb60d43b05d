/** The floor of a cold start: a function that has the Spanner client and answers without asking it. */
import { http } from '@google-cloud/functions-framework';
import { Spanner } from '@google-cloud/spanner';

const { BENCH_PROJECT = '', BENCH_INSTANCE = '', BENCH_DATABASE = '' } = process.env;
const spanner = new Spanner({ projectId: BENCH_PROJECT, disableBuiltInMetrics: true });
const database = spanner.instance(BENCH_INSTANCE).database(BENCH_DATABASE);
database.on('error', () => undefined);

http('noop', (_request, response) => {
  response.status(204).end();
});
