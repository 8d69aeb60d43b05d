/** HTTP function behind the push subscription of the istio sink. */
import { http } from '@google-cloud/functions-framework';
import { istio } from '../../shared/sources/istio/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('istio', sourceFunction(istio, process.env));
