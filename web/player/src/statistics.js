// What was listened to, never by whom: one short message for the start and for each quarter that was heard.

/** Playing moves on in small steps; a larger one is a leap, and what it passes was not heard. */
const LARGEST_STEP_S = 3;
const QUARTERS = [25, 50, 75, 100];
/** The last quarter counts as heard this long before its end: encoders and browsers disagree on where the end is. */
const TAIL_S = 0.5;

/** Counts one edition for one visit. */
export class Statistics {
  #last_s = null;
  #sent = new Set();

  /**
   * @param {import("./edition.js").Edition} edition
   * @param {{report: (reached: number) => void, enabled: boolean}} options
   */
  constructor(edition, { report, enabled }) {
    this.edition = edition;
    this.report = report;
    this.enabled = enabled && Boolean(edition.plays) && !isObjectedTo();
  }

  /** Look at where a playing recording is. */
  look(playback) {
    const { now_s, length_s, playing } = playback;
    const before = this.#last_s;
    this.#last_s = playing || playback.audio.ended ? now_s : null;
    if (playing) this.#reach(0);
    if (before === null || this.#last_s === null || !length_s) return;
    if (now_s < before || now_s - before > LARGEST_STEP_S * playback.audio.playbackRate) return;
    for (const quarter of QUARTERS) {
      const at_s = Math.min((length_s * quarter) / 100, length_s - TAIL_S);
      if (before < at_s && at_s <= now_s) this.#reach(quarter);
    }
  }

  /** The listener has leapt: what lies between isn't heard. */
  leap() {
    this.#last_s = null;
  }

  #reach(reached) {
    if (this.#sent.has(reached)) return;
    this.#sent.add(reached);
    this.report(reached);
    if (this.enabled) send(this.edition.plays, { edition: this.edition.id, reached });
  }
}

function isObjectedTo() {
  return navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";
}

/** Send without cookies and without a preflight; outlives the page, and nobody waits for an answer. */
function send(address, message) {
  fetch(address, {
    method: "POST",
    body: JSON.stringify(message),
    headers: { "Content-Type": "text/plain;charset=UTF-8" },
    credentials: "omit",
    referrerPolicy: "no-referrer",
    mode: "no-cors",
    keepalive: true,
  }).catch(() => {});
}
