// Where faults are told, beside the answer; some pass, and then the drawing is asked again.

import { describe } from "./faults.js";
import { call } from "./service.js";

const LOOK_MS = 2000;

export class FaultPlace {
  #timer = null;

  // place: the element #fault; again: asks for the drawing once more.
  constructor(place, again) {
    this.place = place;
    this.again = again;
    this.retry = place.querySelector("button");
    this.retry.addEventListener("click", again);
  }

  show(fault) {
    this.hide();
    const { text, isHint, repeatSeconds, canRetry } = describe(fault);
    this.place.querySelector("span").textContent = text;
    this.place.classList.toggle("hint", isHint);
    this.retry.hidden = !canRetry;
    this.place.hidden = false;
    if (repeatSeconds) this.#timer = setTimeout(this.again, 1000 * repeatSeconds);
    if (fault.kind === "no-model") this.#lookForModel();
  }

  hide() {
    clearTimeout(this.#timer);
    this.place.hidden = true;
  }

  // The page then opens by itself; what was drawn outlives a reload.
  #lookForModel() {
    this.#timer = setTimeout(async () => {
      try {
        await call(this.place.dataset.ready);
      } catch {
        this.#lookForModel();
        return;
      }
      location.reload();
    }, LOOK_MS);
  }
}
