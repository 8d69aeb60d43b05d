/** HTTP function behind the push subscription of the spanner sink. */
import { http } from '@google-cloud/functions-framework';
import { spanner } from '../../shared/sources/spanner/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('spanner', sourceFunction(spanner, process.env));
