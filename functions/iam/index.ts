/** HTTP function behind the push subscription of the iam sink. */
import { http } from '@google-cloud/functions-framework';
import { iam } from '../../shared/sources/iam/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('iam', sourceFunction(iam, process.env));
