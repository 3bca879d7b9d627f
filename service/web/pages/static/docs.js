// Copies the calls of the page, and tries them: nothing that the page says needs this.

import { bearer } from "./draw/service.js";

const MOST = 4000; // characters of an answer that are shown

function button(text, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}

// Browsers offer a clipboard to pages by HTTPS, or of this machine, only.
function offerCopy(call) {
  if (!navigator.clipboard) return;
  const copy = button("Copy", async () => {
    await navigator.clipboard.writeText(call.textContent);
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  });
  call.after(copy);
}

async function answerOf(article, address, file) {
  const headers = bearer(document.getElementById("docs-key").value);
  const options = { method: article.dataset.method, headers };
  if (file) {
    options.body = new FormData();
    options.body.set("image", file);
  }
  try {
    const response = await fetch(address, options);
    const text = await response.text();
    const more = text.length > MOST ? `\n… ${text.length - MOST} more characters` : "";
    return `${response.status} ${response.statusText}\n${text.slice(0, MOST)}${more}`;
  } catch (error) {
    return `no answer: ${error.message}`;
  }
}

// What is asked can be changed first: another version, another parameter.
function offerTrial(article) {
  const form = article.querySelector("form.try");
  if (!form) return;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = form.querySelector("[type=file]")?.files[0];
    const shown = form.querySelector("output");
    shown.textContent = "asking …";
    shown.textContent = await answerOf(article, form.querySelector("[type=text]").value, file);
  });
}

for (const call of document.querySelectorAll("pre.call")) offerCopy(call);
for (const article of document.querySelectorAll("article[data-method]")) offerTrial(article);
document.getElementById("docs-key-form").addEventListener("submit", (event) => event.preventDefault());
