/** An answer that asking again does not better: too long, no JSON, of another form. The message is the end of a sentence. */
export class UnusableAnswer extends Error {}
