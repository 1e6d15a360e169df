/** A sound file → what its signature says, and whether that holds. The same judgement as `vivavoce verify`. */

import { createC2pa } from "@contentauth/c2pa-web";
import { MEDIA_TYPES, recogniseFormat } from "./formats.js";

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
      return judge(await reader.manifestStore());
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

/** @returns {Inspection} */
function judge(store) {
  const manifest = store.manifests?.[store.active_manifest];
  if (!manifest) return verdict("changed", { reasons: ["claim.missing"] });
  const results = store.validation_results?.activeManifest ?? {};
  const reasons = (results.failure ?? []).map(({ code }) => code).filter((code) => code !== UNTRUSTED);
  if (store.validation_state === "Invalid" && !reasons.length) reasons.push("invalid");
  const stamped = (results.success ?? []).some(({ code }) => STAMPED.includes(code));
  const own = store.validation_state === "Trusted";
  const expired = reasons.every((code) => /expired|outsideValidity/u.test(code));
  const word = reasons.length ? (expired ? "expired" : "changed") : "whole";
  return verdict(word, { own, reasons, facts: word === "changed" ? [] : listFacts(manifest, stamped) });
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
    ["Signed at", text(time) && `${showTime(time)}, ${stamped ? "a time-stamp authority vouches for it" : "as the signer says"}`],
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
