/**
 * HTTP function behind the push subscription of the Kong sink, and the endpoint of Kong's http-log plugin and Konnect's
 * audit log webhook.
 */
import { http } from '@google-cloud/functions-framework';
import { kong } from '../../shared/sources/kong/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';
import { keepGzipBodies } from './content-encoding.ts';
import { parseSecrets } from './secrets.ts';

keepGzipBodies();
http('kong', sourceFunction(kong, process.env, { knowsSender: parseSecrets(process.env) }));
