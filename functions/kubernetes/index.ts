/** HTTP function behind the push subscription of the kubernetes sink. */
import { http } from '@google-cloud/functions-framework';
import { kubernetes } from '../../shared/sources/kubernetes/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('kubernetes', sourceFunction(kubernetes, process.env));
