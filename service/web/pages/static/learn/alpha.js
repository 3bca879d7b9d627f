// The slider of alpha goes by powers of ten, and writes the field that is sent.

const byId = (id) => document.getElementById(id);

export function listenToSlider() {
  byId("main").addEventListener("input", ({ target }) => {
    if (target.id === "slider") byId("alpha").value = Number((10 ** target.value).toPrecision(2));
    if (target.id === "alpha") followAlpha();
  });
  followAlpha();
}

export function followAlpha() {
  byId("slider").value = Math.log10(byId("alpha").value);
  byId("slider").ariaValueText = byId("alpha").value;
}
