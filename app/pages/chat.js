"use strict";

/* The page's behaviour. No text of a message is ever read as HTML: all of it goes in as text. */

const MOST_MESSAGES = 100;
const MOST_CHARACTERS = 8000;
/* Seconds before the same messages are sent again by themselves: the server takes a repeat for
   what it is, so that no second matter comes of it. */
const WAITS = [1, 2, 4];
const LONGEST_WAIT = 20;
const TRANSIENT = new Set([
  "lost", "unavailable", "rate_limited", "vault_unavailable", "upstream_error", "upstream_timeout",
]);
const TROUBLES = {
  lost: "lost",
  rate_limited: "busy",
  payload_too_large: "tooLong",
  validation_failed: "refused",
  malformed_request: "refused",
  team_not_found: "gone",
  origin_not_allowed: "elsewhere",
};

const byId = (id) => document.getElementById(id);
const scroller = byId("conversation");
const talk = byId("talk");
const typing = byId("typing");
const news = byId("news");
const trouble = byId("trouble");
const again = byId("again");
const payment = byId("payment");
const pay = byId("pay");
const form = byId("ask");
const words = byId("words");
const restart = byId("restart");
const sendButton = form.querySelector("button");
const intro = byId("intro").textContent.trim();
const team = document.body.dataset.team;
const place = `chat:${team}`;

let language = "en";
let busy = false;
let conversation = remembered() || begun();

/* --- what this tab remembers ------------------------------------------------------------------ */

function begun() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const sessionId = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const said = intro && intro.length <= MOST_CHARACTERS;
  return { sessionId, messages: said ? [{ role: "assistant", content: intro }] : [], bill: null };
}

/* Browsers may forbid storage in a frame: then the conversation lives as long as the page. */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(place));
  } catch {
    return null;
  }
}

function remember() {
  try {
    sessionStorage.setItem(place, JSON.stringify(conversation));
  } catch {
    /* As above, or there is no room. */
  }
}

/* --- what it shows ---------------------------------------------------------------------------- */

const text = (name) => TEXTS[language][name];

function speak(tag) {
  const known = (tag || "").toLowerCase().split("-")[0];
  if (!Object.hasOwn(TEXTS, known)) return;
  language = document.documentElement.lang = known;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", text(element.dataset.label));
  }
  disarm();
}

function bubble(message) {
  const item = document.createElement("li");
  item.className = message.role === "user" ? "mine" : "theirs";
  /* The language of what a client or a firm has written is not known: an empty one says so. */
  item.lang = message.language || "";
  const body = document.createElement("p");
  body.dir = "auto";
  fill(body, message.content);
  item.append(body);
  return item;
}

/* The bill's address becomes a link where the words name it. Nothing else is one. */
function fill(body, content) {
  const url = conversation.bill?.url;
  const parts = url ? content.split(url) : [content];
  body.replaceChildren(...parts.flatMap((part, index) => (index ? [anchor(url), part] : [part])));
}

function anchor(url) {
  const link = document.createElement("a");
  link.href = link.textContent = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function show() {
  talk.replaceChildren(...conversation.messages.map(bubble));
  restart.hidden = conversation.messages.length < 2;
  const bill = conversation.bill;
  payment.hidden = !bill;
  if (bill) {
    pay.href = bill.url;
    const label = bill.amount ? text("pay").replace("{amount}", bill.amount) : text("payPlain");
    pay.textContent = `${label} ${text("newTab")}`;
  }
  toEnd();
}

function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
}

function wait(on) {
  busy = on;
  typing.hidden = !on;
  sendButton.setAttribute("aria-disabled", String(on));
  if (on) {
    trouble.hidden = true;
    toEnd();
  }
}

/* --- a turn ----------------------------------------------------------------------------------- */

async function answer() {
  wait(true);
  news.textContent = text("waiting");
  for (let tries = 0; ; tries++) {
    try {
      take(await takeTurn(request(), streaming()));
      return;
    } catch (problem) {
      const pause = problem.wait || WAITS[tries];
      if (!TRANSIENT.has(problem.code) || !(tries in WAITS) || pause > LONGEST_WAIT) {
        fail(problem.code);
        return;
      }
      show();
      news.textContent = text("reconnecting");
      await new Promise((resolve) => setTimeout(resolve, pause * 1000));
    }
  }
}

function request() {
  const messages = conversation.messages.map(({ role, content }) => ({ role, content }));
  return { teamId: team, sessionId: conversation.sessionId, messages };
}

/* Takes the events of one try. Its words stay until the whole answer, or the next try, is there. */
function streaming() {
  const body = bubble({ role: "assistant", content: "" });
  return (name, data) => {
    if (name === "tool_call") news.textContent = text("filing");
    if (name !== "text") return;
    if (!body.isConnected) talk.append(body);
    typing.hidden = true;
    body.firstChild.append(data.text);
    toEnd();
  };
}

function take(data) {
  speak(data.metadata.language);
  conversation.bill = billOf(data.payment);
  conversation.messages.push({ role: "assistant", content: data.response, language });
  remember();
  wait(false);
  show();
  news.textContent = data.response;
}

function billOf(told) {
  if (!told?.invoiceUrl || !isSafe(told.invoiceUrl)) return null;
  const dollars = told.currency === "USD" && told.amount;
  return { url: told.invoiceUrl, amount: dollars ? `$${told.amount}` : null };
}

/* Links of a local trial may be plain HTTP on this machine. */
function isSafe(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  const here = ["localhost", "127.0.0.1", "[::1]"];
  return url?.protocol === "https:" || (url?.protocol === "http:" && here.includes(url.hostname));
}

function fail(code) {
  wait(false);
  show();
  news.textContent = "";
  const known = TROUBLES[code] || "unavailable";
  trouble.firstElementChild.textContent = text(known);
  again.hidden = !["lost", "busy", "unavailable"].includes(known);
  trouble.hidden = false;
  toEnd();
}

/* --- what people do --------------------------------------------------------------------------- */

function send() {
  const said = words.value.trim();
  if (busy || !said) return;
  if (conversation.messages.length >= MOST_MESSAGES) {
    fail("payload_too_large");
    return;
  }
  words.value = "";
  /* A message whose answer was lost may have been read, and may have finished the intake: it stays.
     One that was refused was not read, and the client has thought better of it. */
  if (isUnanswered() && wasRefused()) conversation.messages.pop();
  conversation.messages.push({ role: "user", content: said });
  remember();
  show();
  answer();
}

function wasRefused() {
  return !trouble.hidden && again.hidden;
}

function isUnanswered() {
  return conversation.messages.at(-1)?.role === "user";
}

function disarm() {
  restart.classList.remove("armed");
  restart.textContent = text("restart");
}

/* Asks first: the second press erases. */
function startAgain() {
  if (busy) return;
  if (!restart.classList.contains("armed")) {
    restart.classList.add("armed");
    restart.textContent = text("erase");
    return;
  }
  disarm();
  conversation = begun();
  trouble.hidden = true;
  news.textContent = "";
  remember();
  show();
  words.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
words.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
restart.addEventListener("click", startAgain);
restart.addEventListener("blur", disarm);
again.addEventListener("click", () => {
  words.focus();
  answer();
});
addEventListener("online", () => {
  if (!trouble.hidden && !again.hidden) answer();
});
if (parent !== window) {
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") parent.postMessage("team-secrets:close", "*");
  });
  addEventListener("focus", () => words.focus());
  if (document.hasFocus()) words.focus();
}

speak(conversation.messages.at(-1)?.language || navigator.language);
show();
/* Sent before now, a message would be lost with the page. */
sendButton.disabled = false;
if (isUnanswered()) answer();
