/* Warns some minutes before the session ends. The server says how long it goes on: another tab may have been used. */
(() => {
  "use strict";

  const clock = document.getElementById("session-clock");
  if (!clock) return;
  const box = clock.querySelector(".session-clock-box");
  const form = box.querySelector("form");
  const lead = Number(clock.dataset.lead);
  const AGAIN = 20;
  const A_DAY = 86400; /* longer timers run out at once */
  let timer = 0;
  let typedAt = 0;
  let focusBefore = null;

  function later(seconds) {
    clearTimeout(timer);
    timer = setTimeout(look, Math.min(seconds, A_DAY) * 1000);
  }

  function show(when) {
    if (box.hidden) focusBefore = document.activeElement;
    for (const sentence of box.querySelectorAll("[data-when]")) sentence.hidden = sentence.dataset.when !== when;
    form.hidden = when !== "idle";
    box.hidden = false;
  }

  function hide() {
    const hadFocus = box.contains(document.activeElement);
    box.hidden = true;
    if (hadFocus && focusBefore) focusBefore.focus();
  }

  async function ask() {
    const response = await fetch(clock.dataset.ask, {
      headers: { "X-Unattended": "yes" }, credentials: "same-origin", redirect: "manual", cache: "no-store",
    });
    if (response.type === "opaqueredirect") return { seconds: 0, can_stay: false };
    if (!response.ok) throw new Error("no answer");
    return response.json();
  }

  /* Whoever types is there: no warning, the session goes on. */
  function isTyping() {
    return Date.now() - typedAt < lead * 1000;
  }

  async function stay() {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" });
    if (response.ok) hide();
    await look();
  }

  async function look() {
    try {
      const left = await ask();
      if (left.seconds > lead) {
        hide();
        later(left.seconds - lead);
      } else if (left.seconds <= 0) {
        show("over");
      } else if (left.can_stay && isTyping()) {
        typedAt = 0;
        await stay();
      } else {
        show(left.can_stay ? "idle" : "long");
        later(Math.min(AGAIN, left.seconds + 1));
      }
    } catch {
      later(AGAIN);
    }
  }

  document.addEventListener("input", () => { typedAt = Date.now(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    stay().catch(() => later(AGAIN));
  });
  /* A laptop that slept, or a page taken back from the browser's memory, has missed its moment. */
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !box.hidden) look(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  later(Number(clock.dataset.first));
})();
