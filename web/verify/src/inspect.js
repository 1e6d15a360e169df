/** A sound file → what its signature says, and whether that holds. The same judgement as `vivavoce verify`. */

import { createC2pa } from "@contentauth/c2pa-web";
import { MEDIA_TYPES, recogniseFormat } from "./formats.js";
import { checkBoxes, findFrame, FrameError } from "./frame.js";

const EDITION = "org.vivavoce.edition";
const UNTRUSTED = "signingCredential.untrusted";
const STAMPED = ["timeStamp.validated", "timeStamp.trusted"];
const SOURCES = {
  trainedAlgorithmicMedia: "made by a machine",
  compositeWithTrainedAlgorithmicMedia: "recorded by people in part, the rest made by a machine",
};

/**
 * @typedef {object} Inspection
 * @property {"whole" | "changed" | "expired" | "unsigned" | "unreadable" | "unknown"} verdict
 * @property {boolean} own Whether the certificate stands under one of the newsroom's roots.
 * @property {string[]} reasons Codes of the standard.
 * @property {[string, string][]} facts What the signature says: name and text.
 */

/** Opens the library once: its code in WebAssembly, which runs in a worker, and the newsroom's certificates. */
export class Inspector {
  #library = null;

  #sources;

  constructor(sources) {
    this.#sources = sources;
  }

  /**
   * @param {Blob} file
   * @returns {Promise<Inspection>}
   */
  async inspect(file) {
    const format = await recogniseFormat(file);
    if (!format) return verdict("unknown");
    if (!(format in MEDIA_TYPES)) return verdict("unreadable", { reasons: [format] });
    this.#library ??= openLibrary(this.#sources);
    const library = await this.#library.catch((error) => {
      this.#library = null;
      throw error;
    });
    let reader;
    try {
      reader = await library.reader.fromBlob(MEDIA_TYPES[format], file);
    } catch (error) {
      return verdict("changed", { reasons: [String(error.message ?? error)] });
    }
    if (!reader) return verdict("unsigned");
    try {
      const store = await reader.manifestStore();
      const found = judge(store);
      if (!found.own && found.verdict !== "expired") return found; // strangers build their stores in other ways
      const wrong = checkUncovered(new Uint8Array(await file.arrayBuffer()), format, store);
      return wrong ? verdict("changed", { own: found.own, reasons: [wrong] }) : found;
    } finally {
      await reader.free();
    }
  }
}

async function openLibrary({ wasm, roots }) {
  const [code, anchors] = await Promise.all([load(wasm), load(roots)]);
  return createC2pa({
    // compiled here: not every server knows the media type that a browser wants for it
    wasmSrc: await WebAssembly.compile(await code.arrayBuffer()),
    settings: { verify: { verifyTrust: true }, trust: { userAnchors: await anchors.text() } },
  });
}

async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${answer.statusText}`);
  return answer;
}

/** @returns {string | null} What is wrong with the bytes that nothing covers. */
function checkUncovered(content, format, store) {
  try {
    const frame = findFrame(content);
    if (!frame) return "a signature, but not in its place";
    if (format === "m4a") checkBoxes(content, frame, assertion(activeOf(store), EDITION).head);
    return frame.stamped && !isStamped(store) ? "the time stamp does not fit the signature" : null;
  } catch (error) {
    if (error instanceof FrameError) return error.message;
    throw error;
  }
}

function activeOf(store) {
  return store.manifests?.[store.active_manifest];
}

function isStamped(store) {
  return (store.validation_results?.activeManifest?.success ?? []).some(({ code }) => STAMPED.includes(code));
}

/** @returns {Inspection} */
function judge(store) {
  const manifest = activeOf(store);
  if (!manifest) return verdict("changed", { reasons: ["claim.missing"] });
  const results = store.validation_results?.activeManifest ?? {};
  const reasons = (results.failure ?? []).map(({ code }) => code).filter((code) => code !== UNTRUSTED);
  if (store.validation_state === "Invalid" && !reasons.length) reasons.push("invalid");
  const own = store.validation_state === "Trusted";
  const expired = reasons.every((code) => /expired|outsideValidity/u.test(code));
  const word = reasons.length ? (expired ? "expired" : "changed") : "whole";
  return verdict(word, { own, reasons, facts: word === "changed" ? [] : listFacts(manifest, isStamped(store)) });
}

function verdict(word, { own = false, reasons = [], facts = [] } = {}) {
  return { verdict: word, own, reasons, facts };
}

/** What the manifest says, as name and text; a manifest that strangers wrote may say anything, so all of it is text. */
function listFacts(manifest, stamped) {
  const said = assertion(manifest, EDITION);
  const actions = assertion(manifest, "c2pa.actions.v2").actions;
  const created = Array.isArray(actions) ? (actions.find(({ action }) => action === "c2pa.created") ?? {}) : {};
  const signature = manifest.signature_info ?? {};
  const time = signature.time ?? created.when;
  const source = text(created.digitalSourceType)?.split("/").pop();
  const known = Object.hasOwn(SOURCES, source ?? "") ? SOURCES[source] : null;
  return [
    ["Title", text(said.article?.title) ?? text(manifest.title)],
    ["Signed by", text(signature.issuer) ?? text(signature.common_name)],
    ["Signed at", text(time) && `${showTime(time)}, ${stamped ? "by the stamp of a time-stamp authority, whose name this page does not check" : "as the signer says"}`],
    ["Sound", source && `${known ?? "by its own word"} (${source})`],
    ["Disclosure", text(said.disclosure?.text)],
    ["Approved", text(said.id) && (said.approved === true ? "by a person" : "no approval is recorded")],
    ["Edition", text(said.id)],
    ["Article", text(said.article?.url)],
    ["Certificate", text(signature.cert_serial_number)],
  ].filter(([, what]) => what);
}

function assertion(manifest, label) {
  const found = (manifest.assertions ?? []).find((entry) => entry.label === label)?.data;
  return found && typeof found === "object" ? found : {};
}

function text(what) {
  return typeof what === "string" && what ? what : null;
}

function showTime(time) {
  const when = new Date(time);
  return Number.isNaN(when.getTime()) ? time : `${when.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
