/** Base64 that is checked: Node's decoder skips what it does not know. */

/** Standard or URL-safe alphabet, padded or not, line breaks allowed; undefined where the text is no base64. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Each character that Node skips shortens the result, and so does anything after the padding.
  if (bytes.length === expectedLength(text)) return bytes;
  const packed = text.replaceAll(/[\r\n\t ]/g, '');
  return packed.length < text.length && bytes.length === expectedLength(packed) ? bytes : undefined;
}

/** Bytes that unbroken base64 of this length stands for; -1 where no base64 has this length. */
function expectedLength(text: string): number {
  let digits = text.length;
  if (digits % 4 === 0) {
    if (text.endsWith('==')) digits -= 2;
    else if (text.endsWith('=')) digits -= 1;
  }
  return digits % 4 === 1 ? -1 : Math.floor((digits * 3) / 4);
}
