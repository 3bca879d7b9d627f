// "Wrong? It is a ...": the truth of a drawing goes to the service, once, and can be undone.

import { call } from "./service.js";

const STATES = {
  pending: "a person looks at it before anything learns from it",
  quarantined: "it is put aside until a person has looked at it",
  accepted: "the next training learns from it",
};

export class Correction {
  #read = null; // {picture, answer}: what was read, and what was said of it
  #stored = null;

  // place: the element #correct; address: of /feedback; describe(fault): its sentence.
  constructor(place, state, address, describe) {
    this.place = place;
    this.state = state;
    this.address = address;
    this.describe = describe;
    place.addEventListener("click", (event) => {
      const right = event.target.closest("[data-right]")?.dataset.right;
      if (right !== undefined) this.#send(right);
    });
    this.undo = state.querySelector("button");
    this.undo.addEventListener("click", () => this.#takeBack());
  }

  offer(picture, answer) {
    this.#read = answer.feedback ? { picture, answer } : null;
    this.#stored = null;
    this.place.hidden = !this.#read;
    this.#become("", { canSend: true, canUndo: false });
    for (const button of this.#buttons) {
      button.hidden = button.dataset.right === String(answer.label);
    }
  }

  withdraw() {
    this.#read = null;
    this.place.hidden = true;
  }

  get #buttons() {
    return [...this.place.querySelectorAll("[data-right]")];
  }

  #become(text, { canSend, canUndo }) {
    this.state.querySelector("span").textContent = text;
    this.undo.hidden = !canUndo;
    for (const button of this.#buttons) button.disabled = !canSend;
  }

  async #send(right) {
    const read = this.#read;
    this.#become("storing", { canSend: false, canUndo: false });
    const form = new FormData();
    form.set("image", read.picture, "drawing.png");
    form.set("label", right);
    form.set("token", read.answer.feedback.token);
    await this.#tell(read, async () => {
      const { answer } = await call(this.address, { method: "POST", body: form });
      this.#stored = answer;
      return [`Stored as ${right === "none" ? "no digit" : right}: ${STATES[answer.state]}.`, { canSend: false, canUndo: true }];
    });
  }

  async #takeBack() {
    const read = this.#read;
    const form = new FormData();
    form.set("token", read.answer.feedback.token);
    await this.#tell(read, async () => {
      await call(`${this.address}/${this.#stored.id}`, { method: "DELETE", body: form });
      return ["Taken back.", { canSend: true, canUndo: false }];
    });
  }

  // What came of it, unless another drawing is on the pad by then.
  async #tell(read, act) {
    let outcome;
    try {
      outcome = await act();
    } catch (fault) {
      outcome = [this.describe(fault).text, { canSend: true, canUndo: false }];
    }
    if (this.#read === read) this.#become(...outcome);
  }
}
