/**
 * HTTP function for OpenLineage events: the endpoint of HTTP transports (`POST /api/v1/lineage`, and batches of them) and
 * of a push subscription of a topic that clients publish to. Both carry a Google identity token.
 */
import { http } from '@google-cloud/functions-framework';
import { openlineage } from '../../shared/sources/openlineage/index.ts';
import { receiveRecords } from '../runtime/receive-records.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('openlineage', sourceFunction(openlineage, process.env, { receive: receiveRecords }));
