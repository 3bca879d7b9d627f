// What the form asks is answered in place: the page without script would load anew.

import { bearer } from "../draw/service.js";

const byId = (id) => document.getElementById(id);
const MADE_ANEW = ["samples", "settings", "lesson"];
// Chosen for one network, these say nothing of another.
const OF_A_VERSION = /^(alpha|node\d|layer|row|column)$/;

export class Lesson {
  #running = null;

  // made(): is told when the page shows another lesson.
  constructor(made) {
    this.made = made;
    this.form = byId("ask");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask({ submitter: event.submitter });
    });
    byId("key-form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
    // Some fields stand beside the figures, outside of the form.
    byId("main").addEventListener("change", (event) => {
      if (event.target.form === this.form) this.ask({ isOtherVersion: event.target.id === "version" });
    });
  }

  // The latest question wins.
  async ask({ submitter = null, isOtherVersion = false } = {}) {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    try {
      const response = await fetch(this.form.action, {
        method: "POST",
        body: this.#fields(submitter, isOtherVersion),
        headers: bearer(byId("key")?.value ?? ""),
        signal: running.signal,
      });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (response.ok && page.getElementById("lesson")) this.#show(page);
      else this.#refuse(response, page);
    } catch (error) {
      if (error.name !== "AbortError") this.#tell("No connection to the service; what you see is the last answer.");
    }
  }

  #fields(submitter, isOtherVersion) {
    const fields = new FormData(this.form, submitter);
    if (isOtherVersion) {
      for (const name of [...fields.keys()].filter((name) => OF_A_VERSION.test(name))) fields.delete(name);
    }
    return fields;
  }

  #show(page) {
    const focused = document.activeElement?.id;
    for (const id of MADE_ANEW) byId(id).replaceWith(page.getElementById(id));
    byId("file").value = ""; // it is among the digits now, as "mine"
    this.#tell("");
    this.made();
    if (focused) byId(focused)?.focus();
    byId("said").textContent = byId("fell").textContent;
  }

  #refuse(response, page) {
    const told = page.getElementById("fault")?.firstChild?.textContent.trim();
    this.#tell(told || `No answer of the service: status ${response.status}.`);
    if (response.status === 401) byId("key")?.focus();
  }

  #tell(fault) {
    byId("fault").textContent = fault;
    byId("fault").hidden = !fault;
  }
}
