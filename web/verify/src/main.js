/** The page: a file is chosen, dropped, or named behind the address's number sign, and the answer is written out. */

import { Inspector } from "./inspect.js";

const WORDS = {
  whole: ["Whole", "Nothing has been changed since it was signed."],
  changed: ["Changed", "This file is not as it was when it was signed."],
  expired: ["Whole, but expired", "The certificate has run out. Whose it was, the command vivavoce verify says."],
  unsigned: ["No signature", "The file holds no C2PA signature: it was never signed, or somebody took the signature out."],
  unreadable: ["Not checked", "This page reads MP3, M4A and WAV files. For FLAC and Opus: the command vivavoce verify."],
  unknown: ["No sound file", "This page reads MP3, M4A and WAV files."],
};
const OWN = "It is signed by this newsroom’s own key.";
const STRANGER = "It is signed by a key that this newsroom does not know.";

const main = document.querySelector("main");
const input = document.querySelector("#file");
const result = document.querySelector("#result");
const inspector = new Inspector({ wasm: main.dataset.wasm, roots: main.dataset.roots });
let asked = 0;

async function check(name, open) {
  const turn = ++asked;
  show("busy", "Checking…", name, []);
  let found;
  try {
    found = await inspector.inspect(await open());
  } catch (error) {
    if (turn === asked) show("failed", "Could not be checked", `${name}: ${error.message ?? error}`, []);
    return;
  }
  if (turn !== asked) return;
  const [head, lead] = WORDS[found.verdict];
  const state = found.verdict === "whole" && !found.own ? "stranger" : found.verdict;
  const whose = found.verdict === "whole" ? ` ${found.own ? OWN : STRANGER}` : "";
  const facts = [["File", name], ...found.facts];
  if (found.verdict === "changed") facts.push(["Reason", found.reasons.join(", ")]);
  show(state, head, lead + whose, facts);
}

function show(state, head, lead, facts) {
  result.hidden = false;
  result.dataset.state = state;
  result.setAttribute("aria-busy", String(state === "busy"));
  const list = document.createElement("dl");
  for (const [name, what] of facts) list.append(make("dt", name), make("dd", what));
  result.replaceChildren(make("h2", head), make("p", lead), ...(facts.length ? [list] : []));
}

function make(kind, content) {
  const element = document.createElement(kind);
  element.textContent = content;
  return element;
}

function checkFile(file) {
  if (file) check(file.name, async () => file);
}

/** Checks the recording that the address names: only one that lies on the same site. */
function checkNamed() {
  const name = location.hash.slice(1);
  if (!name) return;
  const address = new URL(name, location.href);
  if (address.origin !== location.origin) return;
  check(decodeURIComponent(name), async () => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`the server says ${answer.status}`);
    return answer.blob();
  });
}

input.addEventListener("click", () => (input.value = "")); // so that the same file can be chosen again
input.addEventListener("change", () => checkFile(input.files[0]));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  checkFile(event.dataTransfer.files[0]);
});
addEventListener("hashchange", checkNamed);
checkNamed();
