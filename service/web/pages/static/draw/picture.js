// A picture from a file, a drop or the clipboard; it is sent as the bytes that it is.

import { Fault } from "./service.js";

const LINK = "That was no picture file but a link or a text. Save the picture first, then drop or choose the file.";
const TEXT = "The clipboard holds no picture. Copy a picture, or choose a file.";

// take(file) is told of each picture, tell(fault) of what holds none.
export function listenToPictures(input, take, tell) {
  const takeFirst = (files, otherwise) => {
    if (files.length) take(files.find((file) => file.type.startsWith("image/")) ?? files[0]);
    else tell(new Fault("no-file", otherwise));
  };

  input.addEventListener("change", () => {
    if (input.files.length) takeFirst([...input.files], LINK);
    input.value = ""; // so that the same file can be chosen again
  });
  listenToDrops((transfer) => takeFirst(filesOf(transfer), LINK));
  window.addEventListener("paste", (event) => {
    if (event.target.matches?.("input, textarea")) return;
    event.preventDefault();
    takeFirst(filesOf(event.clipboardData), TEXT);
  });
}

// The whole window takes drops: beside a smaller zone a browser would leave the page.
function listenToDrops(dropped) {
  const marked = document.documentElement.classList;
  let inside = 0; // enter and leave come for every element on the way

  window.addEventListener("dragenter", (event) => {
    event.preventDefault();
    inside += 1;
    marked.add("dropping");
  });
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("dragleave", () => {
    inside -= 1;
    if (inside <= 0) reset();
  });
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    reset();
    dropped(event.dataTransfer);
  });

  function reset() {
    inside = 0;
    marked.remove("dropping");
  }
}

// Some browsers list a file among the items only, and not as the first.
function filesOf(transfer) {
  if (!transfer) return [];
  if (transfer.files.length) return [...transfer.files];
  const items = [...transfer.items].filter((item) => item.kind === "file");
  return items.map((item) => item.getAsFile()).filter((file) => file !== null);
}
