/** Changes of Terraform's files as a careless hand makes them; each says when what it changes is not there any more. */

export type Edit = (text: string) => string;

/** Inside the block that starts with this line, e.g. `resource "google_pubsub_topic" "this"`. */
export function within(heading: string, edit: Edit): Edit {
  return (text) => {
    const start = text.indexOf(`${heading} {\n`);
    // A top-level block ends at the first closing brace that is not indented.
    const end = text.indexOf('\n}\n', start);
    if (start === -1 || end === -1) throw new Error(`there is no ${heading}`);
    return text.slice(0, start) + edit(text.slice(start, end)) + text.slice(end);
  };
}

/** What `from` matches is replaced; it must match. */
export function replaced(from: string | RegExp, to: string): Edit {
  return (text) => {
    const changed = text.replace(from, () => to);
    if (changed === text) throw new Error(`nothing matches ${String(from)}`);
    return changed;
  };
}

/** The whole block is taken out. */
export function without(heading: string): Edit {
  return (text) => {
    const start = text.indexOf(`${heading} {\n`);
    const end = text.indexOf('\n}\n', start);
    if (start === -1 || end === -1) throw new Error(`there is no ${heading}`);
    return text.slice(0, start) + text.slice(end + '\n}\n'.length);
  };
}

/** Lines at the end of the file. */
export function appended(lines: string): Edit {
  return (text) => `${text}\n${lines}`;
}

export function inTurn(...edits: readonly Edit[]): Edit {
  return (text) => edits.reduce((edited, edit) => edit(edited), text);
}
