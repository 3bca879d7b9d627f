// One ask at a time: while one draws, the latest drawing wins; at the end it is asked at once.

const APART_MS = 80; // between the beginnings of two asks
const SLOW_MS = 400;
const LATE_MS = 3000;

export class Asker {
  #running = null;
  #next = null;
  #began = -Infinity;
  #timer = null;

  // send(question, signal) answers; told.answer, .fault, .slow and .late hear of it.
  constructor(send, told) {
    this.send = send;
    this.told = told;
  }

  draft(question) {
    this.#next = question;
    this.#goOn();
  }

  final(question) {
    this.stop();
    this.#run(question);
  }

  stop() {
    this.#running?.abort();
    this.#running = this.#next = null;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #goOn() {
    if (this.#running || this.#timer || !this.#next) return;
    const question = this.#next;
    const wait = this.#began + APART_MS - performance.now();
    if (wait <= 0) {
      this.#run(question);
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#goOn();
    }, wait);
  }

  async #run(question) {
    const running = new AbortController();
    this.#running = running;
    this.#next = null;
    this.#began = performance.now();
    const slow = setTimeout(() => this.told.slow(question), SLOW_MS);
    const late = setTimeout(() => this.told.late(question), LATE_MS);
    try {
      const answered = await this.send(question, running.signal);
      if (this.#running === running) this.told.answer(question, answered);
    } catch (fault) {
      if (this.#running === running) this.told.fault(question, fault);
    } finally {
      clearTimeout(slow);
      clearTimeout(late);
      if (this.#running === running) {
        this.#running = null;
        this.#goOn();
      }
    }
  }
}
