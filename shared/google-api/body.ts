/** Bodies of answers, read whole and within bounds. */
import { UnusableAnswer } from './unusable.ts';

/**
 * @throws UnusableAnswer where there are more bytes, or they are no UTF-8; what is left is not read
 */
export async function textWithin(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop cancels the body.
    if (length > maxBytes) throw new UnusableAnswer(`its answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks, length));
  } catch {
    throw new UnusableAnswer('its answer is no UTF-8');
  }
}
