/**
 * What is routed where and kept how long (google/logging/v2/logging_config.proto). The response, where there is one, is
 * the configuration after the change and so the whole of it; the request of an update may hold the changed fields only.
 */
import { claim, expressionClaim, listClaim, type Claims } from '../../audit/claims.ts';
import type { Seen } from '../../audit/event.ts';
import { lastSegment, segmentAfter } from '../../audit/payload.ts';
import { isObject, list, num, obj, own, str, strings, type Json } from '../fields.ts';

/** The object that a call made or changed: the response where it is one, else the part of the request named. */
function changed({ payload }: Seen, part: string): Json | undefined {
  const { request, response } = payload;
  return str(response, 'name') === undefined ? obj(request, part) : response;
}

function flag(claims: Claims, name: string, object: Json | undefined): void {
  const value = own(object, name);
  if (typeof value === 'boolean') claims[name] = value;
}

/** A filter that calls `sample(…)` keeps a share of what it matches. */
const samples = (filter: string | undefined): boolean => filter?.includes('sample(') === true;

export function readSink(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, resourceName } = payload;
  const sink = changed(seen, 'sink');
  claim(
    claims,
    'sink',
    str(obj(request, 'sink'), 'name') ?? segmentAfter(str(request, 'sinkName') ?? resourceName, 'sinks'),
  );
  claim(claims, 'destination', str(sink, 'destination'), 1024);
  const filter = str(sink, 'filter');
  expressionClaim(claims, 'filter', filter);
  flag(claims, 'disabled', sink);
  flag(claims, 'includeChildren', sink);
  flag(claims, 'interceptChildren', sink);
  claim(claims, 'writerIdentity', str(sink, 'writerIdentity'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
  const exclusions = list(sink, 'exclusions').filter(isObject);
  if (exclusions.length > 0 || own(sink, 'exclusions') !== undefined)
    claims['exclusions'] = exclusions.length;
  // `[name, filter, disabled?]`
  listClaim(
    claims,
    'exclusionFilters',
    exclusions.map((one) => {
      const item = [str(one, 'name') ?? '', str(one, 'filter') ?? ''];
      return own(one, 'disabled') === true ? [...item, 'disabled'] : item;
    }),
  );
  if (samples(filter) || exclusions.some((one) => samples(str(one, 'filter')))) claims['sampled'] = true;
}

export function readExclusion(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, resourceName } = payload;
  const exclusion = changed(seen, 'exclusion');
  claim(
    claims,
    'exclusion',
    str(obj(request, 'exclusion'), 'name') ??
      segmentAfter(str(request, 'name') ?? resourceName, 'exclusions'),
  );
  const filter = str(exclusion, 'filter');
  expressionClaim(claims, 'filter', filter);
  flag(claims, 'disabled', exclusion);
  claim(claims, 'updateMask', str(request, 'updateMask'));
  if (samples(filter)) claims['sampled'] = true;
}

export function readBucket(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, resourceName } = payload;
  const bucket = changed(seen, 'bucket');
  claim(
    claims,
    'bucket',
    str(request, 'bucketId') ?? segmentAfter(str(request, 'name') ?? resourceName, 'buckets'),
  );
  claim(claims, 'retentionDays', num(bucket, 'retentionDays'));
  flag(claims, 'locked', bucket);
  flag(claims, 'analyticsEnabled', bucket);
  listClaim(claims, 'restrictedFields', strings(bucket, 'restrictedFields'));
  claim(claims, 'kmsKey', str(obj(bucket, 'cmekSettings'), 'kmsKeyName'), 1024);
  claim(claims, 'lifecycleState', str(bucket, 'lifecycleState'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
}

/** Views of a bucket, links of it to BigQuery, and log scopes: who sees which entries. */
export function readView(seen: Seen): void {
  const { payload, claims } = seen;
  const { request } = payload;
  const name = str(request, 'name') ?? str(request, 'parent') ?? payload.resourceName;
  claim(claims, 'bucket', segmentAfter(name, 'buckets'));
  claim(claims, 'view', str(request, 'viewId') ?? segmentAfter(name, 'views'));
  claim(claims, 'link', str(request, 'linkId') ?? segmentAfter(name, 'links'));
  claim(claims, 'logScope', str(request, 'logScopeId') ?? segmentAfter(name, 'logScopes'));
  expressionClaim(claims, 'filter', str(changed(seen, 'view'), 'filter'));
  listClaim(claims, 'resourceNames', strings(obj(request, 'logScope'), 'resourceNames'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
}

export function readSettings(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, response } = payload;
  const settings = response ?? obj(request, 'settings') ?? obj(request, 'cmekSettings');
  flag(claims, 'disableDefaultSink', settings);
  claim(claims, 'storageLocation', str(settings, 'storageLocation'));
  claim(claims, 'kmsKey', str(settings, 'kmsKeyName'), 1024);
  expressionClaim(claims, 'filter', str(obj(settings, 'defaultSinkConfig'), 'filter'));
  claim(claims, 'updateMask', str(request, 'updateMask'));
}

export function readMetric(seen: Seen): void {
  const { payload, claims } = seen;
  const { request, resourceName } = payload;
  const metric = changed(seen, 'metric');
  claim(claims, 'metric', str(metric, 'name') ?? lastSegment(str(request, 'metricName') ?? resourceName));
  expressionClaim(claims, 'filter', str(metric, 'filter'));
  flag(claims, 'disabled', metric);
}
