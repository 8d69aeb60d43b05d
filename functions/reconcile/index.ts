/** HTTP function that Cloud Scheduler calls each minute: judges what is due, and looks after the paths that records come by. */
import { http } from '@google-cloud/functions-framework';
import { reconcileFunction } from './function.ts';

http('reconcile', reconcileFunction(process.env));
