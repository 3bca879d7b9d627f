// The page to draw on: what is on the pad is asked for, and what comes is shown.

import { setStale, showDetail, showDigit, showNothing, showNumber } from "./answer.js";
import { Asker } from "./ask.js";
import { Correction } from "./correct.js";
import { Drawing } from "./drawing.js";
import { FaultPlace } from "./fault_place.js";
import { describe } from "./faults.js";
import { Keys } from "./keys.js";
import { showDigits, showNoDigits } from "./number.js";
import { showDrawing } from "./pad.js";
import { listenToPointers } from "./pen.js";
import { listenToPictures } from "./picture.js";
import { png } from "./png.js";
import { rasterise } from "./raster.js";
import { offerSamples } from "./samples.js";
import { call, Fault, useKey } from "./service.js";
import { Why } from "./why.js";
import { numberSentence, spoken } from "./words.js";

const byId = (id) => document.getElementById(id);
const { predict, read, feedback } = byId("main").dataset;
const ROWS = 112; // read as well as larger pictures, for half the energy
const QUIET_MS = 600;
const PROMPT = byId("sentence").textContent;

const pad = byId("pad");
const drawing = new Drawing();
const penWidth = () => byId("pen").valueAsNumber / 100;
const keys = new Keys(pad, drawing, penWidth);
const correction = new Correction(byId("correct"), byId("correct-state"), feedback, describe);
const fault = new FaultPlace(byId("fault"), askAtOnce);
const why = new Why(
  (picture, query) => send({ picture, query, isNumber: false }),
  tell,
);
const asker = new Asker(send, { answer: shown, fault: failed, slow, late });

let answersLive = true; // unless asks are limited or need a key
let sum = { answers: 0, joules: 0 };
let announcement = null;

const isNumber = () => byId("whole").checked;
const isReadable = () => drawing.isLong && (isNumber() || !drawing.isFlat);
const columns = () => Math.round((ROWS * pad.clientWidth) / pad.clientHeight);

async function pictureOf() {
  if (drawing.picture) return drawing.picture;
  return png(rasterise(drawing.strokes, columns(), ROWS), columns(), ROWS);
}

async function send(question, signal) {
  question.picture ??= await pictureOf();
  const address = question.isNumber ? read : predict;
  const query = new URLSearchParams({ preview: 1, ...question.query });
  return call(`${address}?${query}`, { method: "POST", body: question.picture, signal });
}

function askWhileDrawing() {
  setStale(true);
  clearTimeout(announcement);
  correction.withdraw();
  if (answersLive && !isNumber() && isReadable()) {
    asker.draft({ isDraft: true, isNumber: false, query: { draft: 1 } });
  }
}

function askAtOnce() {
  asker.stop();
  setStale(true);
  clearTimeout(announcement);
  correction.withdraw();
  if (drawing.isEmpty) return startAnew();
  if (!isReadable()) {
    showNoAnswer("No answer yet.");
    return fault.show(new Fault("too-small", ""));
  }
  const query = isNumber() ? {} : { explain: 1 };
  asker.final({ isDraft: false, isNumber: isNumber(), query });
}

function startAnew() {
  sum = { answers: 0, joules: 0 };
  fault.hide();
  showNoAnswer(PROMPT);
}

// What was answered before is no answer to what is on the pad now.
function showNoAnswer(words) {
  showNothing(words);
  showNoDigits(byId("boxes"), byId("digits"));
  why.hide();
  byId("read-all").hidden = true;
}

function shown(question, { answer, isLimited, milliseconds }) {
  answersLive = !isLimited;
  fault.hide();
  sum = { answers: sum.answers + 1, joules: sum.joules + (answer.energy?.joules ?? 0) };
  showDetail(answer, milliseconds, sum);
  if (question.isNumber) shownNumber(question, answer);
  else showDigit(answer, question.isDraft);
  if (question.isDraft) return;
  if (!question.isNumber) settled(question, answer);
  announcement = setTimeout(() => {
    byId("said").textContent = question.isNumber ? numberSentence(answer) : spoken(answer);
  }, QUIET_MS);
}

function settled(question, answer) {
  showNoDigits(byId("boxes"), byId("digits"));
  why.offer(question.picture, answer);
  correction.offer(question.picture, answer);
  const several = (answer.warnings ?? []).some((warning) => warning.startsWith("several"));
  byId("read-all").hidden = !several;
}

function shownNumber(question, answer) {
  showNumber(answer);
  const shownPicture = byId("picture");
  const size = drawing.picture
    ? [shownPicture.naturalWidth, shownPicture.naturalHeight]
    : [columns(), ROWS];
  showDigits(byId("boxes"), byId("digits"), answer, size);
  why.hide();
  byId("read-all").hidden = true;
}

function failed(question, error) {
  if (!(error instanceof Fault)) throw error;
  if (error.kind === "no-digit" && question.isDraft) return; // it may become one
  if (!question.isDraft) showNoAnswer("No answer yet.");
  tell(error);
}

function tell(error) {
  if (["no-key", "rate-limit"].includes(error.kind)) answersLive = false;
  if (error.kind === "no-key") byId("key-form").hidden = false;
  fault.show(error);
}

function slow(question) {
  if (!question.isDraft) byId("sentence").textContent = "Reading …";
}

function late() {
  fault.show(new Fault("late", ""));
}

showDrawing(pad, drawing, () => keys.cursor);
drawing.addEventListener("ink", () => {
  if (drawing.isBeingDrawn) askWhileDrawing();
});
drawing.addEventListener("change", askAtOnce);
listenToPointers(pad, drawing, penWidth);
listenToPictures(byId("file"), (file) => drawing.show({ picture: file }), (error) => fault.show(error));
window.addEventListener("online", askAtOnce);
byId("undo").addEventListener("click", () => drawing.undo());
byId("redo").addEventListener("click", () => drawing.redo());
byId("clear").addEventListener("click", () => drawing.clear());
byId("whole").addEventListener("change", () => {
  byId("main").classList.toggle("whole", isNumber());
  startAnew();
  requestAnimationFrame(askAtOnce); // once the pad has its new shape
});
byId("read-all").addEventListener("click", () => byId("whole").click());
offerSamples(byId("samples"), (strokes) => {
  drawing.show({ strokes: strokes.map((points) => ({ width: penWidth(), points })) });
});
byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey(byId("key").value);
  answersLive = true;
  askAtOnce();
});

byId("main").classList.toggle("whole", isNumber()); // a reload may bring the choice back
drawing.restore();
if (byId("main").dataset.model === "") fault.show(new Fault("no-model", ""));
