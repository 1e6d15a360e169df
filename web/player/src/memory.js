// Where the listener stopped, and how they like to listen: in this browser alone, no cookie, sent to nobody.

const KEY = "vivavoce";
const MOST_PLACES = 60;

/** What is remembered; where storage is closed, nothing is. */
export class Memory {
  constructor({ enabled = true } = {}) {
    this.enabled = enabled;
  }

  /** Seconds from the start; 0 where nothing is known. */
  placeOf(key) {
    return this.#read().places?.[key]?.[0] ?? 0;
  }

  keepPlace(key, seconds) {
    const { places = {}, ...others } = this.#read();
    delete places[key];
    if (seconds > 0) places[key] = [Math.round(seconds * 10) / 10, Math.floor(Date.now() / 1000)];
    const newest = Object.entries(places).sort(([, [, a]], [, [, b]]) => b - a);
    this.#write({ ...others, places: Object.fromEntries(newest.slice(0, MOST_PLACES)) });
  }

  get(name) {
    return this.#read()[name];
  }

  set(name, value) {
    this.#write({ ...this.#read(), [name]: value });
  }

  #read() {
    if (!this.enabled) return {};
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      return kept && typeof kept === "object" ? kept : {};
    } catch {
      return {};
    }
  }

  #write(value) {
    if (!this.enabled) return;
    try {
      localStorage.setItem(KEY, JSON.stringify(value));
    } catch {
      // Storage is closed or full: the player works without a memory.
    }
  }
}
