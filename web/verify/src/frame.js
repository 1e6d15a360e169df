/**
 * The bytes of a C2PA store that no digest and no signature covers, held against the only values they may have: as
 * provenance/frame.py does for `vivavoce verify`. The library reads lengths, labels and padding generously.
 *
 * Source: ISO/IEC 19566-5 (JUMBF); C2PA Technical Specification 2.4; RFC 9052 (COSE_Sign1), RFC 8949 (CBOR).
 */

import { CborReader } from "./cbor.js";

const TAIL = [0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];
const MARK = [...ascii("jumdc2pa"), ...TAIL];
const PARTS = [
  ["c2as", "c2pa.assertions"],
  ["c2cl", "c2pa.claim.v2"],
  ["c2cs", "c2pa.signature"],
];
const WITH_LABEL = 3;
const SALTED = 16;
const TOGGLES_AT = 32;
const COSE_SIGN1 = [0xd2, 0x84];
const STAMPS = ["sigTst", "sigTst2"];
const PADDING = ["pad", "pad2"];
const MP4_STORE = [
  0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81,
  ...[0, 0, 0, 0], ...ascii("manifest\0"), ...[0, 0, 0, 0, 0, 0, 0, 0],
];
const EMPTY_BOX = 8;

/** A byte is not as the standard writes it. */
export class FrameError extends Error {}

/**
 * Finds a file's store and checks all that nothing else covers.
 * @param {Uint8Array} content
 * @returns {{start: number, end: number, stamped: boolean} | null} Null where there is none.
 */
export function findFrame(content) {
  const found = find(content, MARK, 0);
  if (found < 0) return null;
  refuse(find(content, MARK, found + 1) >= 0, "two stores");
  const start = found - 12;
  refuse(start < 0, "outermost box");
  const { kind, end } = openBox(content, start, content.length);
  refuse(kind !== "jumb", "outermost box");
  const manifest = only(readSuperbox(content, start, end, "c2pa", "c2pa"));
  const parts = readSuperbox(content, manifest.start, manifest.end, "c2ma", null);
  refuse(parts.length !== PARTS.length, "parts of the manifest");
  const inner = parts.map((part, at) => readSuperbox(content, part.start, part.end, ...PARTS[at]));
  for (const assertion of inner[0]) {
    const toggles = content[assertion.start + TOGGLES_AT];
    refuse(toggles !== WITH_LABEL && toggles !== (WITH_LABEL | SALTED), "description of an assertion");
  }
  const signature = only(inner[2]);
  refuse(openBox(content, signature.start, signature.end).kind !== "cbor", "box of the signature");
  return { start, end, stamped: checkSignature(content.subarray(signature.start + 8, signature.end)) };
}

/**
 * Checks the boxes of an MP4 file that the standard leaves uncovered.
 * @param {Uint8Array} content
 * @param {{start: number, end: number}} frame
 * @param {unknown} head The first box as it was signed, in hexadecimal.
 */
export function checkBoxes(content, frame, head) {
  const start = text(content, 4, 8) === "ftyp" ? length32(content, 0) : 0;
  const first = Array.from(content.subarray(0, start), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const size = frame.end - start;
  const expected = [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255, ...ascii("uuid"), ...MP4_STORE];
  const between = content.subarray(start, frame.start);
  refuse(first !== head || between.length !== expected.length || !startsWith(between, 0, expected), "boxes before the sound");
  for (let at = frame.end; at < content.length; ) {
    const { kind, end } = openBox(content, at, content.length);
    const ours = kind === "moov" || kind === "mdat" || (kind === "free" && end - at <= EMPTY_BOX);
    refuse(!ours, "a box that ours never hold");
    at = end;
  }
}

function openBox(content, start, limit) {
  const size = start + 8 <= content.length ? length32(content, start) : 0;
  refuse(size < 8 || start + size > limit, `length of a box at byte ${start}`);
  return { kind: text(content, start + 4, start + 8), end: start + size };
}

/** Checks a superbox's description; gives where each box inside begins and ends. */
function readSuperbox(content, start, end, kind, label) {
  const box = openBox(content, start, end);
  const description = openBox(content, start + 8, end);
  const at = start + 16;
  const name = text(content, at + 17, description.end - 1);
  const right =
    box.kind === "jumb" &&
    box.end === end &&
    description.kind === "jumd" &&
    startsWith(content, at, [...ascii(kind), ...TAIL, WITH_LABEL]) &&
    content[description.end - 1] === 0 &&
    (label === null ? name.startsWith("urn:c2pa:") : name === label);
  refuse(!right, `description of a box at byte ${start}`);
  const inside = [];
  for (let place = description.end; place < end; ) {
    const { end: next } = openBox(content, place, end);
    inside.push({ start: place, end: next });
    place = next;
  }
  return inside;
}

function only(boxes) {
  refuse(boxes.length !== 1, "number of boxes");
  return boxes[0];
}

/** Checks what stands beside a COSE signature; tells whether a time stamp does. */
function checkSignature(content) {
  refuse(!startsWith(content, 0, COSE_SIGN1), "kind of the signature");
  const reader = new CborReader(content, COSE_SIGN1.length);
  let read;
  try {
    read = [reader.read(), reader.read(), reader.read(), reader.read()];
  } catch (error) {
    throw new FrameError(`the signature: ${error.message}`);
  }
  const [, beside, payload, signature] = read;
  const built = beside instanceof Map && payload === null && signature instanceof Uint8Array && reader.atEnd;
  refuse(!built, "build of the signature");
  for (const [name, value] of beside) {
    const padding = PADDING.includes(name) && value instanceof Uint8Array && value.every((byte) => byte === 0);
    refuse(!padding && !STAMPS.includes(name), "bytes beside the signature");
  }
  return STAMPS.some((name) => beside.has(name));
}

function refuse(wrong, what) {
  if (wrong) throw new FrameError(`not as it was signed: ${what}`);
}

function find(content, wanted, from) {
  for (let at = content.indexOf(wanted[0], from); at >= 0; at = content.indexOf(wanted[0], at + 1)) {
    if (startsWith(content, at, wanted)) return at;
  }
  return -1;
}

function startsWith(content, at, wanted) {
  return wanted.every((byte, index) => content[at + index] === byte);
}

function length32(content, at) {
  return ((content[at] << 24) | (content[at + 1] << 16) | (content[at + 2] << 8) | content[at + 3]) >>> 0;
}

function text(content, from, to) {
  return String.fromCharCode(...content.subarray(from, Math.max(from, Math.min(to, from + 256))));
}

function ascii(letters) {
  return [...letters].map((letter) => letter.charCodeAt(0));
}
