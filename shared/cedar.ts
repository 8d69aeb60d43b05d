/**
 * Cedar, loaded with the first policy: its WebAssembly takes some 45 ms to load, and where no policy is declared nothing is decided. It
 * answers at once and so is loaded at once; shared/policy asks for it where it asks Cedar something, and nobody else does.
 */
import { createRequire } from 'node:module';
import type * as Wasm from '@cedar-policy/cedar-wasm/nodejs';

const load = createRequire(import.meta.url);
let loaded: typeof Wasm | undefined;

export function cedar(): typeof Wasm {
  loaded ??= load('@cedar-policy/cedar-wasm/nodejs') as typeof Wasm;
  return loaded;
}
