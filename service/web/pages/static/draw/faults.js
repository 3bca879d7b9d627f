// What went wrong, in a sentence that says what to do. The drawing is kept in every case.

const HEIC = "On an iPhone, choose “Most compatible” under Settings, Camera, Formats, or send a screenshot of it.";
const FORMATS = "Choose a PNG, JPEG, GIF, WebP, BMP or TIFF picture.";

const SENTENCES = {
  "no-digit": () => "No digit there yet: draw it larger, or choose a picture with more contrast.",
  "too-small": () => "No digit there yet: draw it larger.",
  "no-key": () => "This service answers who has a key. Type yours below; this page keeps it in memory only.",
  "rate-limit": ({ waitSeconds }) =>
    `The limit of asks is reached; the next answer is free in ${waitSeconds} s. Your drawing is kept, and asked then.`,
  "overload": ({ waitSeconds }) =>
    `The service has too much to do. Your drawing is kept, and asked again in ${waitSeconds} s.`,
  "no-model": () => "No model yet: the trainer publishes the first one. This page opens by itself then; your drawing is kept.",
  "store-unavailable": () => "The service cannot use its store just now. Your drawing is kept; try again in a moment.",
  "unknown-format": ({ message }) => `That is no picture that is read here (${message}). ${/heic|heif/i.test(message) ? HEIC : FORMATS}`,
  "compressed-body": ({ message }) => `${message}.`,
  "no-image": () => "That file is empty. Choose another picture.",
  "damaged-picture": () => "That picture is damaged and cannot be opened. Choose another one.",
  "too-many-bytes": ({ message }) => `That file is too large (${message}). Send a smaller picture, a screenshot for example.`,
  "too-many-pixels": ({ message }) => `That picture is too large (${message}). Send a smaller one.`,
  "too-slow": () => "Sending the picture took too long. Try again, or send a smaller one.",
  "late": () => "No answer for 3 s: the service is busy or out of reach. Your drawing is kept.",
  "offline": () => "No connection to the service. Your drawing is kept; it is asked again when the connection is back.",
  "foreign": ({ message }) => `Something between this page and the service answered instead of it (${message}). Try again.`,
  "no-file": ({ message }) => message,
};

const HINTS = new Set(["no-digit", "too-small", "no-file"]); // told without alarm
const REPEATED = new Set(["rate-limit", "overload"]); // asked again after their wait
const HOPELESS = new Set(["unknown-format", "no-image", "damaged-picture", "too-many-bytes", "too-many-pixels", "no-key", "no-model"]);

// Return {text, isHint, repeatSeconds, canRetry}.
export function describe(fault) {
  const words = SENTENCES[fault.kind] ?? (({ message }) => `The service says: ${message}. Your drawing is kept.`);
  return {
    text: words(fault),
    isHint: HINTS.has(fault.kind),
    repeatSeconds: REPEATED.has(fault.kind) ? Math.max(fault.waitSeconds, 1) : 0,
    canRetry: !HINTS.has(fault.kind) && !HOPELESS.has(fault.kind),
  };
}
