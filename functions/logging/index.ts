/** HTTP function behind the push subscription of the logging sink. */
import { http } from '@google-cloud/functions-framework';
import { logging } from '../../shared/sources/logging/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('logging', sourceFunction(logging, process.env));
