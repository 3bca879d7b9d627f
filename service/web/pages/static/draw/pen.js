// Mouse, finger and pen become strokes.

const PALM_MS = 1000; // so long after a pen was near, a touch is a palm

export function listenToPointers(pad, drawing, penWidth) {
  let active = null; // the pointerdown of the stroke
  let penAt = -Infinity;

  // By the box at each event, as the page may have been scrolled, zoomed or turned.
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) / box.height, (event.clientY - box.top) / box.height];
  };

  const notice = (event) => {
    if (event.pointerType === "pen") penAt = performance.now();
  };

  const end = () => {
    active = null;
    drawing.end();
  };

  pad.addEventListener("pointerdown", (event) => {
    notice(event);
    const isTouch = event.pointerType === "touch";
    if (event.button !== 0 || (isTouch && performance.now() - penAt < PALM_MS)) return;
    if (active && !(active.pointerType === "touch" && event.pointerType === "pen")) return;
    if (active) drawing.drop();
    drawing.end(); // one that was begun by keys
    active = event;
    drawing.begin(place(event), penWidth());
  });

  // On the window: a stroke goes on, and ends, outside of the pad.
  window.addEventListener("pointermove", (event) => {
    notice(event);
    if (!active || event.pointerId !== active.pointerId) return;
    if (event.pointerType === "mouse" && !event.buttons) return end();
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) drawing.add(place(move));
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    window.addEventListener(kind, (event) => {
      if (active && event.pointerId === active.pointerId) end();
    });
  }

  // Safari scrolls, or takes a pen for handwriting, unless the touches are taken.
  pad.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });
  pad.addEventListener("contextmenu", (event) => {
    if (active) event.preventDefault();
  });
}
