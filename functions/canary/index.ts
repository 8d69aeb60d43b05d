/** HTTP function that a scheduler calls: sends a canary along each path that is declared to have one. */
import { http } from '@google-cloud/functions-framework';
import { canaryFunction } from './function.ts';

http('canary', canaryFunction(process.env));
