// What is on the pad: strokes or a picture, and the states that undo and redo lead to.

const KEPT = "digits.drawing"; // in the tab's session storage, so that a reload loses nothing
const NEAREST = 0.002; // closer points say nothing new
const SMALLEST = 0.12;
const FLAT = 2;
const EMPTY = { strokes: [], picture: null };

// A stroke is {width, points: [[x, y], ...]}, in units of the pad's height.
// Events: "ink" while a stroke grows, "change" when a state is complete.
export class Drawing extends EventTarget {
  #past = [];
  #now = EMPTY;
  #future = [];
  #stroke = null;

  get strokes() {
    return this.#stroke ? [...this.#now.strokes, this.#stroke] : this.#now.strokes;
  }

  get picture() {
    return this.#now.picture;
  }

  get isEmpty() {
    return !this.picture && !this.strokes.length;
  }

  get isBeingDrawn() {
    return this.#stroke !== null;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  begin(point, width) {
    if (this.picture) this.show(EMPTY);
    this.#stroke = { width, points: [point] };
    this.#tell("ink");
  }

  add(point) {
    const [x, y] = this.#stroke.points.at(-1);
    if (Math.hypot(point[0] - x, point[1] - y) < NEAREST) return;
    this.#stroke.points.push(point);
    this.#tell("ink");
  }

  end() {
    if (!this.#stroke) return;
    const strokes = this.strokes;
    this.#stroke = null;
    this.show({ strokes, picture: null });
  }

  // A palm's stroke is no stroke.
  drop() {
    this.#stroke = null;
    this.#tell("ink");
  }

  show(state) {
    this.#past.push(this.#now);
    this.#future = [];
    this.#become({ ...EMPTY, ...state });
  }

  clear() {
    this.#stroke = null;
    if (!this.isEmpty) this.show(EMPTY);
  }

  undo() {
    this.#stroke = null;
    if (!this.canUndo) return;
    this.#future.push(this.#now);
    this.#become(this.#past.pop());
  }

  redo() {
    if (!this.canRedo || this.#stroke) return;
    this.#past.push(this.#now);
    this.#become(this.#future.pop());
  }

  restore() {
    const strokes = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    if (strokes.length) this.show({ strokes });
  }

  // Whether there is enough ink for a digit.
  get isLong() {
    return this.picture !== null || Math.max(...this.#extents) > SMALLEST;
  }

  // Whether it is but a dash, which the service takes for a line of the paper.
  get isFlat() {
    if (this.picture) return false;
    const [across, down] = this.#extents;
    const { width } = this.strokes[0];
    return across + width > FLAT * (down + width);
  }

  get #extents() {
    const points = this.strokes.flatMap((stroke) => stroke.points);
    return [0, 1].map((axis) => {
      const values = points.map((point) => point[axis]);
      return Math.max(...values) - Math.min(...values);
    });
  }

  #become(state) {
    this.#now = state;
    sessionStorage.setItem(KEPT, JSON.stringify(state.strokes));
    this.#tell("change");
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}
