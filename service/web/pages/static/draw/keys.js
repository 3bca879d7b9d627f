// The keyboard draws, too: arrows move the pen, Space lowers and lifts it.

const STEP = 1 / 28;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Keys {
  #at = [0.5, 0.5];
  #isDown = false;
  #isShown = false;

  constructor(pad, drawing, penWidth) {
    this.pad = pad;
    this.drawing = drawing;
    this.penWidth = penWidth;
    pad.addEventListener("keydown", (event) => this.#pressed(event));
    pad.addEventListener("focus", () => this.#show(pad.matches(":focus-visible")));
    pad.addEventListener("pointerdown", () => this.#show(false));
    pad.addEventListener("blur", () => {
      this.#lift();
      this.#show(false);
    });
  }

  // Where the next stroke begins, for who draws by keys.
  get cursor() {
    return this.#isShown ? { at: this.#at, isDown: this.#isDown } : null;
  }

  #pressed(event) {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (command && key === "z" && !event.shiftKey) this.#then(event, () => this.drawing.undo());
    else if (command && (key === "y" || key === "z")) this.#then(event, () => this.drawing.redo());
    else if (command || event.altKey) return;
    else if (key in MOVES) this.#then(event, () => this.#move(MOVES[key]));
    else if (key === " ") this.#then(event, () => (this.#isDown ? this.#lift() : this.#lower()));
    else if (key === "Escape") this.#lift();
  }

  #then(event, act) {
    event.preventDefault();
    act();
  }

  #show(isShown) {
    this.#isShown = isShown;
    this.drawing.dispatchEvent(new Event("ink"));
  }

  #move([right, down]) {
    const box = this.pad.getBoundingClientRect();
    const [x, y] = this.#at;
    const bounded = (value, most) => Math.min(Math.max(value, 0), most);
    this.#at = [bounded(x + right * STEP, box.width / box.height), bounded(y + down * STEP, 1)];
    if (this.#isDown && this.drawing.isBeingDrawn) this.drawing.add(this.#at);
    this.#show(true);
  }

  #lower() {
    this.#isDown = this.#isShown = true;
    this.drawing.begin(this.#at, this.penWidth());
  }

  #lift() {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.drawing.end();
  }
}
