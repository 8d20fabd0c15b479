"use strict";

/* Puts a team's chat on a page: <script src="https://HOST/embed.js" data-team="SLUG"></script>
   Attributes: data-label (the button's text). Style the button with `team-secrets-chat::part(button)`. */

(() => {
  const script = document.currentScript;
  const team = script?.dataset.team || "";
  if (!/^[a-z0-9](-?[a-z0-9])*$/i.test(team)) {
    console.error("embed.js: the script needs data-team, the team's slug.");
    return;
  }
  const page = new URL(`chat/${team}`, script.src);
  const spanish = document.documentElement.lang.toLowerCase().startsWith("es");
  const label = script.dataset.label || (spanish ? "Escríbanos" : "Chat with us");
  const closing = spanish ? "Cerrar el chat" : "Close the chat";
  const STYLE = `
    :host { all: initial; position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483000; }
    button { font: 600 1rem/1.5 system-ui, sans-serif; min-height: 3rem; padding: 0 1.25rem;
      border: 2px solid #fff; border-radius: 1.5rem; background: #1d4ed8; color: #fff;
      cursor: pointer; box-shadow: 0 2px 8px rgb(0 0 0 / 0.35); float: right; }
    button:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 2px; }
    iframe { position: fixed; right: 1rem; bottom: 5rem; width: min(24rem, 100vw - 2rem);
      height: min(40rem, 100dvh - 6rem); border: 1px solid #8b929c; border-radius: 0.75rem;
      background: Canvas; box-shadow: 0 4px 24px rgb(0 0 0 / 0.35); }
    iframe[hidden] { display: none; }
    @media (max-width: 30rem) {
      iframe { inset: 0 0 5rem 0; width: 100vw; height: calc(100dvh - 5rem); border: 0;
        border-radius: 0; }
    }`;

  function put() {
    const host = document.createElement("team-secrets-chat");
    const inside = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    inside.adoptedStyleSheets = [sheet];
    const button = document.createElement("button");
    button.type = "button";
    button.part = "button";
    let frame = null;

    /* The frame is made when it is first wanted, and kept: its conversation goes on. */
    function open() {
      if (!frame) {
        frame = document.createElement("iframe");
        frame.title = label;
        frame.part = "frame";
        frame.sandbox =
          "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";
        frame.src = page.href;
        /* Not earlier: a focus on the empty frame is lost when the page comes into it. */
        frame.addEventListener("load", () => frame.focus(), { once: true });
        inside.prepend(frame);
        told();
        return;
      }
      frame.hidden = false;
      told();
      frame.focus();
    }

    function close() {
      frame.hidden = true;
      told();
      button.focus();
    }

    function told() {
      const isOpen = Boolean(frame && !frame.hidden);
      button.textContent = isOpen ? closing : label;
      button.setAttribute("aria-expanded", String(isOpen));
    }

    button.addEventListener("click", () => (frame && !frame.hidden ? close() : open()));
    addEventListener("message", (event) => {
      const ours = frame && event.source === frame.contentWindow && event.origin === page.origin;
      if (ours && event.data === "team-secrets:close") close();
    });
    host.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && frame && !frame.hidden) close();
    });
    told();
    inside.append(button);
    document.body.append(host);
  }

  if (document.body) put();
  else addEventListener("DOMContentLoaded", put);
})();
