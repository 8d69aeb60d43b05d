/**
 * HTTP function for approvals: the push subscription of the approvals topic, and change systems that post their
 * CloudEvents themselves. Both carry a Google identity token; what they say is proven by each record's own proof.
 */
import { http } from '@google-cloud/functions-framework';
import { approvals } from '../../shared/sources/approvals/index.ts';
import { receiveRecords } from '../runtime/receive-records.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('approvals', sourceFunction(approvals, process.env, { receive: receiveRecords }));
