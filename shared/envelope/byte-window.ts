/** The part of a stream that is not done with: bytes are appended at its end and given up at its start. */
export class ByteWindow {
  /** Bytes from `start` on are held; those before are given up. */
  view: Buffer = Buffer.alloc(0);
  start = 0;
  #storage: Buffer = this.view;

  /**
   * Copies only what is held of earlier chunks, into storage with room for as much again, so that a long record costs
   * linear time. Bytes that were given out stay as they are.
   * @returns by how much indexes into `view` became less
   */
  append(chunk: Uint8Array): number {
    const held = this.view.length - this.start;
    const total = this.view.length + chunk.length;
    if (held > 0 && total <= this.#storage.length) {
      this.#storage.set(chunk, this.view.length);
      this.view = this.#storage.subarray(0, total);
      return 0;
    }
    if (held === 0) {
      this.#storage = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.view = this.#storage;
    } else {
      this.#storage = Buffer.allocUnsafeSlow(2 * held + chunk.length);
      this.view.copy(this.#storage, 0, this.start);
      this.#storage.set(chunk, held);
      this.view = this.#storage.subarray(0, held + chunk.length);
    }
    const moved = this.start;
    this.start = 0;
    return moved;
  }
}
