/** The little of CBOR (RFC 8949) that stands in a signature: definite lengths, one way to say a thing. */

const NULL = 22;
const LONGEST_SHORT = 24;
const LARGEST = 0x7fff_ffff;

export class CborReader {
  #content;

  #at;

  /**
   * @param {Uint8Array} content
   * @param {number} at Where to begin.
   */
  constructor(content, at) {
    this.#content = content;
    this.#at = at;
  }

  get atEnd() {
    return this.#at === this.#content.length;
  }

  /** @returns {number | Uint8Array | string | unknown[] | Map | null} The next item. */
  read() {
    const [major, number] = this.#head();
    if (major === 0) return number;
    if (major === 1) return -1 - number;
    if (major === 2) return this.#take(number);
    if (major === 3) return new TextDecoder().decode(this.#take(number));
    if (major === 4) return this.#list(number);
    if (major === 5) return this.#map(number);
    if (major === 7 && number === NULL) return null;
    throw new Error("something that ours never hold");
  }

  #list(count) {
    const found = [];
    while (found.length < count) found.push(this.read());
    return found;
  }

  #map(count) {
    const found = new Map();
    while (found.size < count) {
      const name = this.read();
      if (found.has(name) || (typeof name !== "string" && typeof name !== "number")) throw new Error("a name stands twice");
      found.set(name, this.read());
    }
    return found;
  }

  #head() {
    const [first] = this.#take(1);
    const short = first & 31;
    if (short < LONGEST_SHORT) return [first >> 5, short];
    if (short > 27) throw new Error("a form of CBOR that ours never use");
    const number = this.#take(1 << (short - LONGEST_SHORT)).reduce((value, byte) => value * 256 + byte, 0);
    if (number > LARGEST) throw new Error("a length beyond the end");
    return [first >> 5, number];
  }

  #take(count) {
    if (this.#at + count > this.#content.length) throw new Error("cut off");
    this.#at += count;
    return this.#content.subarray(this.#at - count, this.#at);
  }
}
