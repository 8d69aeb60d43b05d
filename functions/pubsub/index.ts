/** HTTP function behind the push subscription of the pubsub sink. */
import { http } from '@google-cloud/functions-framework';
import { pubsub } from '../../shared/sources/pubsub/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('pubsub', sourceFunction(pubsub, process.env));
