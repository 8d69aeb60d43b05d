/** Where the control plane of a mesh or a gateway runs: its accounts sign what others believe. */
const MESH: ReadonlySet<string> = new Set(['istio-system', 'asm-system', 'kong']);

export const isMeshNamespace = (namespace: string | undefined): boolean =>
  namespace !== undefined && MESH.has(namespace);
