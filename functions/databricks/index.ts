/** HTTP function behind the push subscription of the notifications of the bucket that audit events are delivered to. */
import { http } from '@google-cloud/functions-framework';
import { GoogleAuth } from 'google-auth-library';
import { databricks } from '../../shared/sources/databricks/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';
import { createDelivery } from './delivery.ts';
import { parseDeliveryEnvironment } from './environment.ts';
import { createObjectReader } from './object-reader.ts';

const { buckets, emulator } = parseDeliveryEnvironment(process.env);
const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/devstorage.read_only' });
const reader = createObjectReader({
  baseUrl: emulator ?? 'https://storage.googleapis.com',
  accessToken: () => (emulator === undefined ? auth.getAccessToken() : Promise.resolve(undefined)),
});

http('databricks', sourceFunction(databricks, process.env, { receive: createDelivery({ reader, buckets }) }));
