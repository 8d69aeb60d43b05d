/** HTTP function behind the push subscription of the storage sink. */
import { http } from '@google-cloud/functions-framework';
import { storage } from '../../shared/sources/storage/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('storage', sourceFunction(storage, process.env));
