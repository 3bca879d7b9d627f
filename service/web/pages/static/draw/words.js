// An answer in words that promise no more than the network knows.

const NAMES = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
const SURE = 0.8;

// Never 100 % nor 0 %; rounded down, so that 99.99 % does not become 100.0 %.
export function percent(share) {
  if (share > 0.999) return "more than 99.9 %";
  if (share < 0.001) return "less than 0.1 %";
  return `${(Math.floor(1000 * share) / 10).toFixed(1)} %`;
}

export function nextBest({ outputs, label }) {
  const others = outputs.map((_, digit) => digit).filter((digit) => digit !== label);
  return others.reduce((best, digit) => (outputs[digit] > outputs[best] ? digit : best));
}

export function sentence(answer) {
  const { label, confidence } = answer;
  const next = nextBest(answer);
  if (confidence >= SURE) return `${label}, ${percent(confidence)} sure; next ${next}`;
  return `Not sure: ${label} or ${next}; ${percent(confidence)} for ${label}`;
}

export function spoken(answer) {
  const { label, confidence } = answer;
  const share = percent(confidence).replace(" %", " percent");
  if (confidence >= SURE) return `${NAMES[label]}. ${capital(share)} sure.`;
  return `Not sure. ${NAMES[label]} or ${NAMES[nextBest(answer)].toLowerCase()}.`;
}

export function numberSentence({ text, lines }) {
  const digits = lines.flatMap((line) => line.digits);
  const least = digits.reduce((worst, digit) => (digit.confidence < worst.confidence ? digit : worst));
  const many = digits.length === 1 ? "one digit" : `${digits.length} digits`;
  return `${text.replaceAll("\n", " / ")}: ${many}; least sure of the ${least.label}, ${percent(least.confidence)}`;
}

// Two figures are as many as an estimate has.
export function joules(value) {
  const [scale, unit] = value >= 0.1 ? [1, "J"] : value >= 1e-4 ? [1e3, "mJ"] : [1e6, "µJ"];
  return `${Number((scale * value).toPrecision(2))} ${unit}`;
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
