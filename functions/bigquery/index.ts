/** HTTP function behind the push subscription of the bigquery sink. */
import { http } from '@google-cloud/functions-framework';
import { bigquery } from '../../shared/sources/bigquery/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('bigquery', sourceFunction(bigquery, process.env));
