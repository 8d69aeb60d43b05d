/** HTTP function behind the push subscription of the platform sink. */
import { http } from '@google-cloud/functions-framework';
import { platform } from '../../shared/sources/platform/index.ts';
import { sourceFunction } from '../runtime/source-function.ts';

http('platform', sourceFunction(platform, process.env));
