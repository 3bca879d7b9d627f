// One step of the lesson at a time: by button, by arrow key, or by the address.

const byId = (id) => document.getElementById(id);
const steps = () => [...document.querySelectorAll(".step")];

export class Stepper {
  #current = 0;
  #isWhole = true;

  constructor() {
    byId("next").addEventListener("click", () => this.#forward());
    byId("back").addEventListener("click", () => this.#go(this.#current - 1));
    byId("all").addEventListener("click", () => {
      this.#isWhole = !this.#isWhole;
      this.show();
    });
    byId("stepper").addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") this.#forward();
      else if (event.key === "ArrowLeft") this.#go(this.#current - 1);
      else return;
      event.preventDefault();
    });
    window.addEventListener("hashchange", () => this.#follow());
    byId("stepper").hidden = false;
    this.show();
    this.#follow();
  }

  // Also after the steps were made anew.
  show() {
    const all = steps();
    all.forEach((step, number) => {
      step.hidden = !this.#isWhole && number !== this.#current;
    });
    byId("back").disabled = this.#isWhole || this.#current === 0;
    byId("next").disabled = !this.#isWhole && this.#current === all.length - 1;
    byId("all").setAttribute("aria-pressed", this.#isWhole);
    byId("where").textContent = this.#isWhole ? "" : `Step ${this.#current} of ${all.length - 1}`;
  }

  #forward() {
    this.#go(this.#isWhole ? 0 : this.#current + 1);
  }

  #go(number) {
    const all = steps();
    this.#current = Math.min(Math.max(number, 0), all.length - 1);
    this.#isWhole = false;
    history.replaceState(null, "", `#${all[this.#current].id}`);
    this.show();
  }

  // The address names a step, so that a teacher can link to it.
  #follow() {
    const number = steps().findIndex((step) => `#${step.id}` === location.hash);
    if (number >= 0) this.#go(number);
  }
}
