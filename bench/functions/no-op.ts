/** The floor: a function that answers and does nothing, on the same framework. */
import { http } from '@google-cloud/functions-framework';

http('noop', (_request, response) => {
  response.status(204).end();
});
