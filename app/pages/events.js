"use strict";

/* One turn of the conversation, read while it is answered. Used by chat.js. */

/* Two heartbeats of the server and a half: who is silent for longer is not there any more. */
const SILENCE = 40_000;

class TurnFailed extends Error {
  /* `code` is the server's errorCode, or "lost" where the connection was. `wait` is in seconds. */
  constructor(code, wait) {
    super(code);
    this.code = code;
    this.wait = wait;
  }
}

/* Resolves to the whole answer. `onEvent` takes each event before it. Throws TurnFailed. */
async function takeTurn(request, onEvent) {
  const lost = new AbortController();
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => lost.abort(), SILENCE);
  };
  alive();
  try {
    const response = await fetch("../api/agent/stream", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request),
      credentials: "omit",
      signal: lost.signal,
    });
    if (!response.ok) throw await refusal(response);
    return await lastAnswer(response.body, onEvent, alive);
  } catch (problem) {
    throw problem instanceof TurnFailed ? problem : new TurnFailed("lost");
  } finally {
    clearTimeout(timer);
    lost.abort();
  }
}

async function refusal(response) {
  const told = await response.json().catch(() => ({}));
  const code = told.errorCode || (response.status >= 500 ? "unavailable" : "refused");
  return new TurnFailed(code, Number(response.headers.get("Retry-After")) || undefined);
}

async function lastAnswer(body, onEvent, alive) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new TurnFailed("lost");
    alive();
    const blocks = (text + value).split("\n\n");
    text = blocks.pop();
    for (const { name, data } of blocks.map(parsed)) {
      if (name === "error") throw new TurnFailed(data.errorCode);
      if (name === "final") return data.data;
      if (name) onEvent(name, data);
    }
  }
}

/* A block of one event: its name and its data. A comment has neither. */
function parsed(block) {
  const field = (name) => block.match(new RegExp(`^${name}: (.*)$`, "m"))?.[1];
  const data = field("data");
  return { name: field("event"), data: data && JSON.parse(data) };
}
