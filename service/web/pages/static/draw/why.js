// Explains an answer: what spoke for the digit, or for it rather than for the next one.

import { showWhy } from "./answer.js";
import { nextBest } from "./words.js";

const byId = (id) => document.getElementById(id);
const CHOICES = ["why-for", "why-rather"];

export class Why {
  #read = null; // {picture, answer}

  // ask(picture, query) answers; failed(fault) is told if it does not.
  constructor(ask, failed) {
    this.ask = ask;
    this.failed = failed;
    for (const id of CHOICES) byId(id).addEventListener("click", () => this.#explain(id));
  }

  offer(picture, answer) {
    this.#read = { picture, answer };
    const next = nextBest(answer);
    byId("why-for").textContent = `for ${answer.label}`;
    byId("why-rather").textContent = `${answer.label} rather than ${next}`;
    byId("why-rather").dataset.next = next;
    this.#press("why-for");
    byId("rather").hidden = false;
  }

  hide() {
    this.#read = null;
    byId("rather").hidden = true;
  }

  // The same picture anew; as a draft, for it has been counted.
  async #explain(chosen) {
    const query = { draft: 1, explain: 1 };
    if (chosen === "why-rather") query.rather_than = byId(chosen).dataset.next;
    this.#press(chosen);
    const read = this.#read;
    try {
      const { answer } = await this.ask(read.picture, query);
      if (this.#read === read) showWhy(answer);
    } catch (fault) {
      this.failed(fault);
    }
  }

  #press(chosen) {
    for (const id of CHOICES) byId(id).setAttribute("aria-pressed", String(id === chosen));
  }
}
