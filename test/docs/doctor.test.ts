/** What docs/doctor.md tells people to set up is what the sources read. Its outputs are held in test/cli/doctor.test.ts and test/cli/doctor-cloud.test.ts. */
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { EnvoyJson } from '../../shared/sources/istio/schema.ts';
import { fences, readPage, section } from './page.ts';

const mesh = section(readPage('doctor.md'), 'Mesh');
const [format = '', gateway = ''] = fences(mesh, 'yaml');

it('the access log format has the keys that the mesh source reads, and each is an operator of Envoy', () => {
  const [document] = parseAllDocuments(format);
  const settings = z
    .object({ accessLogEncoding: z.literal('JSON'), accessLogFormat: z.string() })
    .parse(document?.toJS());
  const keys = z
    .record(z.string(), z.string().regex(/^%[A-Z_]+(?:\([^)%]+\))?%$/))
    .parse(JSON.parse(settings.accessLogFormat));
  const read = Object.keys(EnvoyJson.shape).filter((key) => !ALIASES.has(key));
  expect(Object.keys(keys).toSorted()).toEqual([...read, 'start_time'].toSorted());
});

/** Other names of keys that are there. */
const ALIASES: ReadonlySet<string> = new Set(['xfcc', 'requested_principal', 'request_auth_principal']);

it('the resources of the egress gateway are YAML, and name each other', () => {
  const documents = parseAllDocuments(gateway);
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const kinds = documents.map((document) => z.object({ kind: z.string() }).parse(document.toJS()).kind);
  expect(kinds).toEqual(['ServiceEntry', 'Gateway', 'DestinationRule', 'VirtualService', 'DestinationRule']);
});
