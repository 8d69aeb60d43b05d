/** HTTP function behind the push subscription of the findings topic; Cloud Scheduler posts to `/sweep` each minute. */
import { http } from '@google-cloud/functions-framework';
import { deliverFunction } from './function.ts';

http('deliver', deliverFunction(process.env));
