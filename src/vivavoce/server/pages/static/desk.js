"use strict";
// The desk's common script: forms that speak to the API, a list that stays fresh, words that are heard.
const desk = {
  csrf: document.querySelector('meta[name="csrf"]')?.content,

  /** Ask the API; gives the response, or raises with what it says. */
  async ask(method, address, body, type = "application/json") {
    const headers = { "X-CSRF-Token": this.csrf };
    if (body !== undefined) headers["Content-Type"] = type;
    const sent = body === undefined || type !== "application/json" ? body : JSON.stringify(body);
    const response = await fetch(address, { method, headers, body: sent });
    if (response.ok) return response;
    if (response.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
    throw new Error((await response.json().catch(() => null))?.detail ?? `the server answered ${response.status}`);
  },

  complain(error, place = document.getElementById("alert")) {
    place.textContent = error.message;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  },

  say(text) {
    document.getElementById("status").textContent = text;
  },

  /** Play audio that the API answers with. */
  async hear(address, body) {
    const response = await this.ask("POST", address, body);
    this.heard ??= new Audio();
    URL.revokeObjectURL(this.heard.src);
    this.heard.src = URL.createObjectURL(await response.blob());
    await this.heard.play();
  },

  /** Follow a job until it ends; raises if it fails. */
  follow(id, onChange = () => {}) {
    return new Promise((resolve, reject) => {
      const events = new EventSource(`/api/v1/jobs/${id}/events`);
      events.addEventListener("job", ({ data }) => {
        const job = JSON.parse(data);
        onChange(job);
        if (["queued", "working"].includes(job.state)) return;
        events.close();
        if (job.state === "failed") reject(new Error(job.error));
        else resolve(job);
      });
      events.onerror = () => events.readyState === EventSource.CLOSED && reject(new Error("the server is away"));
    });
  },
};

/** A form's fields as JSON; empty ones are left out. */
function readForm(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled) continue;
    const type = field.dataset.type;
    if (type === "list") (body[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    else if (type === "boolean") body[field.name] = field.checked;
    else if (!field.value) continue;
    else if (type === "number") body[field.name] = Number(field.value);
    else if (type === "moment") body[field.name] = new Date(field.value).toISOString();
    else body[field.name] = field.value;
  }
  return body;
}

async function sendForm(form) {
  const [method, address] = form.dataset.api.split(" ");
  const response = await desk.ask(method, address, method === "DELETE" ? undefined : readForm(form));
  const answer = response.status === 204 ? null : await response.json();
  if (form.dataset.show) {
    form.querySelector("[data-shown]").textContent = `Shown this once: ${answer[form.dataset.show]}`;
    return;
  }
  if ("job" in form.dataset) await desk.follow(answer.job?.id ?? answer.id);
  if (form.dataset.then) location.assign(form.dataset.then);
  else location.reload();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const work = form.dataset.api
    ? () => sendForm(form)
    : form.dataset.hearText
      ? () => desk.hear(form.dataset.hearText, readForm(form))
      : form.dataset.upload
        ? () => upload(form)
        : null;
  if (!work) return;
  event.preventDefault();
  if (form.dataset.sure && !confirm(form.dataset.sure)) return;
  run(form, work);
});

async function upload(form) {
  await desk.ask("POST", form.dataset.upload, form.elements.file.files[0], "application/octet-stream");
  location.reload();
}

async function run(form, work) {
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    await work();
  } catch (error) {
    desk.complain(error);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

for (const button of document.querySelectorAll("[data-hear]")) {
  button.addEventListener("click", () => {
    const entry = readForm(button.form);
    run(button.form, () => desk.hear(button.form.dataset.try, { text: entry.written ?? "", entry }));
  });
}

for (const field of document.querySelectorAll("[data-filter]")) {
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    for (const row of document.querySelectorAll(field.dataset.filter)) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
    }
  });
}

// ---------------------------------------------------------------- live

const live = document.querySelector("[data-live]");
if (live) {
  let last = null;
  new EventSource("/api/v1/events").addEventListener("now", async ({ data }) => {
    const first = last === null;
    if (data === last) return;
    last = data;
    if (first || live.contains(document.activeElement)) return;
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    live.replaceChildren(...page.querySelector("[data-live]").childNodes);
  });
}

for (const box of document.querySelectorAll("[data-job].work")) {
  desk
    .follow(box.dataset.job, (job) => {
      box.querySelector("[data-stage]").textContent = job.stage || "waiting";
      const bar = box.querySelector("progress");
      bar.max = job.steps || 1;
      bar.value = job.steps_done;
    })
    .then(() => location.reload())
    .catch((error) => desk.complain(error));
}
