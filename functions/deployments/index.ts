/**
 * HTTP function for deploy records: the push subscription of the deployments topic, and CI that posts its CloudEvents
 * itself. Both carry a Google identity token; what they say is proven by each record's own proof.
 */
import { http } from '@google-cloud/functions-framework';
import { deployments } from '../../shared/sources/deployments/index.ts';
import { receiveRecords } from '../runtime/receive-records.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('deployments', sourceFunction(deployments, process.env, { receive: receiveRecords }));
