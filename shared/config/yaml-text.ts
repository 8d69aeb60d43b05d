/** YAML text → a value, with the line of every part of it. Pure; the one reader of YAML that users write. */
import {
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  Scalar,
  type Document,
} from 'yaml';

export type Path = readonly (string | number)[];

export type YamlText =
  | {
      readonly kind: 'wrong';
      readonly problems: readonly { readonly line: number; readonly reason: string }[];
    }
  | {
      readonly kind: 'read';
      readonly value: unknown;
      /**
       * Line, from 1, of the value at a path, or of the nearest part above it that stands in the text.
       * @param offset index in the text of that value, where it is one: counts the lines of a `|` block
       */
      lineOf(path: Path, offset?: number): number;
    };

export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      kind: 'wrong',
      problems: document.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        reason: error.message.split('\n')[0] ?? '',
      })),
    };
  }
  let value: unknown;
  try {
    // Aliases can blow a small file up to gigabytes; nothing that is declared needs them.
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    const reason = 'YAML aliases (`*name`) are not read; write the value out.';
    return { kind: 'wrong', problems: [{ line: 1, reason }] };
  }
  return {
    kind: 'read',
    value,
    lineOf(path, offset = 0) {
      const found = nearest(document, path);
      if (found?.start === undefined) return 1;
      const { line } = lines.linePos(found.start);
      const block =
        found.node instanceof Scalar && found.node.type === Scalar.BLOCK_LITERAL ? found.node : undefined;
      if (block === undefined || typeof block.value !== 'string') return line;
      // The text begins in the line below its `|`.
      return line + 1 + (block.value.slice(0, offset).split('\n').length - 1);
    },
  };
}

/** Where the key of a list or map stands: the line above its first item. */
function keyStart(document: Document, path: Path): number | undefined {
  const above: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(above)) return undefined;
  const name = path.at(-1);
  const pair = above.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}

function nearest(
  document: Document,
  path: Path,
): { readonly node: unknown; readonly start: number | undefined } | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range !== undefined && node.range !== null)
      return {
        node,
        start: isCollection(node)
          ? (keyStart(document, path.slice(0, depth)) ?? node.range[0])
          : node.range[0],
      };
  }
  return undefined;
}
