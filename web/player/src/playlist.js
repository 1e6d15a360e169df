// The latest stories: a podcast feed (RSS 2.0), or a JSON Feed.

import { Edition, fetchOpenly, loadEdition, readCaptions } from "./edition.js";

const PODCAST = "https://podcastindex.org/namespace/1.0";
const ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd";
const DATA_TYPE = "application/vnd.vivavoce.player+json";
const MOST_STORIES = 20;

/**
 * @typedef {object} Story
 * @property {string} key tells it from others
 * @property {string} title
 * @property {string|null} published ISO date
 * @property {number|null} duration_s
 * @property {() => Promise<Edition>} load
 */

/** Fetch the stories of a feed, newest first. @returns {Promise<Story[]>} */
export async function loadStories(address) {
  const response = await fetchOpenly(address);
  const base = response.url || address;
  const text = await response.text();
  const stories = text.trimStart().startsWith("{") ? readJsonFeed(JSON.parse(text), base) : readRss(await fetchXml(base), base);
  return stories.slice(0, MOST_STORIES);
}

/** Fetch a document. Of all ways to parse XML, only this one is open where a page wants Trusted Types. */
function fetchXml(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.overrideMimeType("text/xml");
    request.responseType = "document";
    request.onload = () => (request.response ? resolve(request.response) : reject(new Error(`${address}: no XML`)));
    request.onerror = () => reject(new Error(`${address}: not reached`));
    request.send();
  });
}

/** Source: jsonfeed.org, version 1.1; `_vivavoce.edition` is an extension as its section on them allows. */
function readJsonFeed({ items = [] }, base) {
  return items.map((item) => {
    const sound = item.attachments?.find(({ mime_type }) => mime_type?.startsWith("audio/"));
    const facts = { id: item.id, title: item.title ?? "", duration_s: sound?.duration_in_seconds ?? null };
    const audio = sound ? [{ src: sound.url, type: sound.mime_type }] : [];
    const data = item._vivavoce?.edition;
    return {
      key: item.id,
      title: facts.title,
      published: item.date_published ?? null,
      duration_s: facts.duration_s,
      load: data
        ? () => loadEdition(new URL(data, base).href)
        : async () => new Edition({ ...facts, audio, url: item.url, language: item.language }, base),
    };
  });
}

function readRss(feed, base) {
  const language = feed.querySelector("channel > language")?.textContent;
  return Array.from(feed.querySelectorAll("item"), (item) => readItem(item, language, base)).filter(Boolean);
}

function readItem(item, language, base) {
  const sound = item.querySelector("enclosure");
  if (!sound) return null;
  const textOf = (name) => item.querySelector(name)?.textContent.trim() || null;
  const duration_s = toSeconds(item.getElementsByTagNameNS(ITUNES, "duration")[0]?.textContent);
  const published = new Date(textOf("pubDate") ?? Number.NaN);
  const transcripts = Array.from(item.getElementsByTagNameNS(PODCAST, "transcript"));
  const ofType = (type) => transcripts.find((entry) => entry.getAttribute("type") === type)?.getAttribute("url");
  const facts = {
    id: textOf("guid") ?? sound.getAttribute("url"),
    title: textOf("title") ?? "",
    url: textOf("link"),
    language,
    duration_s,
    audio: [{ src: sound.getAttribute("url"), type: sound.getAttribute("type") }],
    transcript: ofType("text/html"),
  };
  const data = Array.from(item.getElementsByTagName("atom:link")).find((link) => link.getAttribute("type") === DATA_TYPE);
  return {
    key: facts.id,
    title: facts.title,
    published: Number.isNaN(published.valueOf()) ? null : published.toISOString(),
    duration_s,
    load: data
      ? () => loadEdition(new URL(data.getAttribute("href"), base).href)
      : () => withCaptions(facts, ofType("text/vtt"), base),
  };
}

async function withCaptions(facts, captions, base) {
  const sentences = captions
    ? await fetchOpenly(new URL(captions, base).href).then(
        async (response) => readCaptions(await response.text()),
        () => [],
      )
    : [];
  return new Edition({ ...facts, sentences }, base);
}

/** Source: itunes:duration is a number of seconds, or [hours:]minutes:seconds. */
function toSeconds(text) {
  return text ? text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) || null : null;
}
