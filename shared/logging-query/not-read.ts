/** A text is no query, or one that is not read here; where, and what is wrong with it. */
export class NotRead extends Error {
  /** Characters from the beginning of the text. */
  readonly at: number;

  constructor(at: number, what: string) {
    super(what);
    this.name = 'NotRead';
    this.at = at;
  }
}
