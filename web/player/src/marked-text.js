// Text whose words and sentences are elements (data-w, data-u) of ours: lit up by a class.

/** The marked text inside a root; one number may have several elements. */
export class MarkedText {
  #shown = { word: -1, sentence: -1 };

  constructor(root) {
    this.root = root;
    this.words = index(root, "w");
    this.sentences = index(root, "u");
  }

  /** Light up a word and a sentence; -1 for none. */
  show({ sentence, word }) {
    this.#mark("sentence", this.sentences, sentence);
    this.#mark("word", this.words, word);
  }

  /** Where the word is on the screen, or its sentence where the word isn't printed; null where neither is. */
  rectOf({ sentence, word }) {
    const element = (this.words[word] ?? this.sentences[sentence])?.[0];
    return element ? element.getBoundingClientRect() : null;
  }

  /** What a click is on: {word}, {sentence}, or null. */
  find(event) {
    const origin = event.composedPath()[0];
    const target = origin.closest?.("[data-w], [data-u]");
    if (!target || origin.closest("a, button")) return null;
    const { w, u } = target.dataset;
    return w === undefined ? { sentence: Number(u) } : { word: Number(w) };
  }

  #mark(kind, elements, number) {
    if (this.#shown[kind] === number) return;
    for (const element of elements[this.#shown[kind]] ?? []) element.classList.remove("now");
    for (const element of elements[number] ?? []) element.classList.add("now");
    this.#shown[kind] = number;
  }
}

function index(root, name) {
  const found = [];
  for (const element of root.querySelectorAll(`[data-${name}]`)) (found[element.dataset[name]] ||= []).push(element);
  return found;
}
