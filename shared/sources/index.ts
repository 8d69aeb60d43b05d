/** The list of sources: one line each. Order is the order of asking `owns`. */
import { dataflow } from './dataflow/index.ts';
import { dataproc } from './dataproc/index.ts';
import { istio } from './istio/index.ts';
import type { Source } from './source.ts';

export const SOURCES: readonly Source[] = [istio, dataproc, dataflow];
