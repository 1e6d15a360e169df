/** Which sound file it is, by its first bytes, as `vivavoce verify` tells it. */

const MAGIC = [
  ["flac", 0, "fLaC"],
  ["wav", 0, "RIFF"],
  ["opus", 0, "OggS"],
  ["m4a", 4, "ftyp"],
  ["mp3", 0, "ID3"],
];
const HEAD_BYTES = 12;

/** Under which media type the library reads a format's signature; Opus has no room for one inside. */
export const MEDIA_TYPES = { mp3: "audio/mpeg", m4a: "audio/mp4", wav: "audio/wav" };

/**
 * @param {Blob} file
 * @returns {Promise<string | null>} The format's name; null where it is no sound that we know.
 */
export async function recogniseFormat(file) {
  let head = await readHead(file, 0);
  if (startsWith(head, 0, "ID3")) {
    const size = head.subarray(6, 10).reduce((length, byte) => (length << 7) | (byte & 0x7f), 0);
    const behind = await readHead(file, 10 + size);
    if (behind.length) head = behind;
  }
  const found = MAGIC.find(([, at, magic]) => startsWith(head, at, magic));
  if (found) return found[0];
  return head[0] === 0xff && (head[1] & 0xe0) === 0xe0 ? "mp3" : null;
}

async function readHead(file, at) {
  return new Uint8Array(await file.slice(at, at + HEAD_BYTES).arrayBuffer());
}

function startsWith(bytes, at, magic) {
  return [...magic].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));
}
