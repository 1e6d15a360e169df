// What the player looks like: its elements, made once and named. What they do is said in player.js.

import { make, icon } from "./dom.js";
import { formatClock } from "./clock.js";
import { ICONS } from "./icons.js";

export const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const SLEEP_MINUTES = [5, 15, 30, 45, 60];
export const PANELS = ["transcript", "chapters", "latest", "more"];

/** Build the player. @returns {Record<string, HTMLElement>} its parts by name, `root` the outermost */
export function buildView({ say, minutes, language, direction }) {
  const parts = {};
  const part = (name, element) => {
    element.setAttribute("part", name);
    return (parts[name] = element);
  };
  const key = (name, drawing, properties = {}) =>
    part(name, make("button", { type: "button", "aria-label": say(name), title: say(name), ...properties }, drawing));

  const play = key("play", [icon(ICONS.play, "start"), icon(ICONS.pause, "stop")], { class: "play" });
  const steps = make("div", { class: "steps", role: "group", "aria-label": say("steps"), dir: "ltr" }, key("back", icon(ICONS.back)), key("next", icon(ICONS.next)));
  // Time runs from left to right on tapes in every language: only the words around it turn.
  const track = make(
    "div",
    { class: "track", dir: "ltr" },
    part("clock", make("span", {}, "0:00")),
    part("slider", make("input", { type: "range", min: 0, max: 1, step: "any", value: 0, "aria-label": say("position") })),
    part("length", make("span", { class: "length" })),
  );
  const speed = make("span", { class: "speed", dir: "ltr" }, part("speed", select(say("speed"), SPEEDS.map((rate) => [rate, `${rate}×`]))));
  const mark = part("mark", make("a", { class: "mark", target: "_blank", rel: "noopener" }, make("b", {}, "AI")));
  const head = make(
    "div",
    { class: "head" },
    part("title", make("p", { class: "title", dir: "auto" })),
    part("about", make("p", { class: "about" })),
  );
  const tool = (name, properties) =>
    part(`${name}Tool`, make("button", { type: "button", class: "tool", "aria-label": say(name), title: say(name), ...properties }, icon(ICONS[name])));
  const tools = part(
    "tools",
    make(
      "div",
      { class: "tools", role: "group", "aria-label": say("tools") },
      tool("captions", { "aria-pressed": "false" }),
      PANELS.map((name) => tool(name, { "aria-expanded": "false", "aria-controls": name })),
    ),
  );
  const panels = PANELS.map((name) =>
    part(name, make("div", { id: name, class: `panel ${name}`, role: "region", "aria-label": say(name), tabindex: 0, hidden: true })),
  );
  parts.more.append(...buildOptions(part, say, minutes));

  const body = make(
    "div",
    { class: "body" },
    head,
    make("div", { class: "marks" }, mark, make("span", { class: "voice" }, say("voice"))),
    play,
    track,
    make("div", { class: "low" }, steps, speed, tools),
    part("close", make("button", { type: "button", class: "close", "aria-label": say("close"), title: say("close") }, icon(ICONS.close))),
  );
  parts.root = make(
    "section",
    { class: "player", lang: language, dir: direction },
    part("follow", make("button", { type: "button", class: "follow", hidden: true }, say("follow"))),
    part("trouble", make("p", { class: "trouble", role: "alert", hidden: true })),
    body,
    part("note", make("p", { class: "note", dir: "auto", hidden: true })),
    make(
      "div",
      { class: "status" },
      part("status", make("p", { role: "status" })),
      part("fromStart", make("button", { type: "button", class: "plain", hidden: true }, say("fromStart"))),
    ),
    part("caption", make("p", { class: "caption", dir: "auto", hidden: true })),
    ...panels,
  );
  return parts;
}

function buildOptions(part, say, minutes) {
  const sleep = [[0, say("off")], ...SLEEP_MINUTES.map((number) => [number, minutes(number)]), ["end", say("endOfStory")]];
  const field = part("sleep", select(say("sleep"), sleep));
  field.id = "sleep";
  field.removeAttribute("aria-label");
  const link = (name, properties = {}) => part(name, make("a", properties, say(name)));
  return [
    make("p", { class: "field" }, make("label", { for: "sleep" }, say("sleep")), field),
    part("playNextField", make("label", { class: "field" }, part("playNext", make("input", { type: "checkbox" })), say("playNext"))),
    make(
      "p",
      { class: "links" },
      link("download", { download: true }),
      link("fullTranscript"),
      link("article"),
      link("check"),
    ),
    part("disclosure", make("p", { class: "disclosure", dir: "auto" })),
  ];
}

function select(label, options) {
  return make("select", { "aria-label": label }, options.map(([value, text]) => make("option", { value }, text)));
}

/** The whole text of an edition, as marked elements. */
export function buildText({ sentences, language }) {
  const blocks = [];
  for (const [number, sentence] of sentences.entries()) {
    const open = blocks.at(-1);
    const joins = open && open.block === sentence.block && open.kind === sentence.kind;
    if (joins) open.element.append(" ", buildSentence(sentence, number));
    else blocks.push({ ...sentence, element: make(tagOf(sentence), { class: sentence.kind }, buildSentence(sentence, number)) });
  }
  return make("div", { lang: language, dir: "auto" }, blocks.map(({ element }) => element));
}

/** No headings: what level they would have depends on a page that isn't ours. */
function tagOf({ kind }) {
  return kind === "quote" ? "blockquote" : "p";
}

/** One sentence, its words marked. */
export function buildSentence({ pieces }, number) {
  const words = pieces.map(({ text, word }) => (word === null ? text : make("span", { "data-w": word }, text)));
  return make("span", { "data-u": number }, words);
}

/** A list of buttons, each with a time at its end. */
export function buildList(entries, { onPick }) {
  const rows = entries.map(({ title, time, current, detail }, number) =>
    make(
      "li",
      {},
      make(
        "button",
        { type: "button", class: "row", "aria-current": current ? "true" : null, click: () => onPick(number) },
        make("span", { class: "name", dir: "auto" }, title),
        detail && make("span", { class: "detail" }, detail),
        make("span", { class: "time" }, time === null ? "" : formatClock(time)),
      ),
    ),
  );
  return make("ol", {}, rows);
}
