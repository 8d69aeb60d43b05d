/** HTTP function behind the push subscription of the dataproc sink. */
import { http } from '@google-cloud/functions-framework';
import { dataproc } from '../../shared/sources/dataproc/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('dataproc', sourceFunction(dataproc, process.env));
