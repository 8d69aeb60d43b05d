/** HTTP function that Slack (`/slack`) and PagerDuty (`/pagerduty`) tell what people did with an alert. */
import { http } from '@google-cloud/functions-framework';
import { callbacksFunction } from './function.ts';

http('callbacks', callbacksFunction(process.env));
