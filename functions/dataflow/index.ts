/** HTTP function behind the push subscription of the dataflow sink. */
import { http } from '@google-cloud/functions-framework';
import { dataflow } from '../../shared/sources/dataflow/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('dataflow', sourceFunction(dataflow, process.env));
