/* The template editor: items dragged between and within phases. Everything a drop does, the buttons do too. */
(() => {
  "use strict";

  /* Where the dragged item came from, so that a drop that could not be sent leaves the page as it was. */
  let before = null;

  function itemsOf(list) {
    return [...list.children].filter((child) => child.matches(".board-item"));
  }

  function putBack() {
    if (!before || !before.item.isConnected) return;
    before.item.remove();
    before.list.insertBefore(before.item, itemsOf(before.list)[before.index] || null);
    before = null;
  }

  function send(item, list) {
    const form = item.querySelector("form.board-moves");
    form.elements.phase.value = list.dataset.phase;
    form.elements.position.value = String(itemsOf(list).indexOf(item));
    form.requestSubmit();
  }

  function onStart(event) {
    before = { item: event.item, list: event.from, index: event.oldDraggableIndex };
    document.body.classList.add("is-dragging");
  }

  function onEnd(event) {
    document.body.classList.remove("is-dragging");
    const hasMoved = event.from !== event.to || event.oldDraggableIndex !== event.newDraggableIndex;
    if (hasMoved) {
      send(event.item, event.to);
    } else {
      before = null;
    }
  }

  /* The arrow keys on the handle press the buttons beside it; Enter goes to the first of them that can be pressed. */
  function onKey(event) {
    const grip = event.target.closest?.(".board-grip");
    if (!grip || event.altKey || event.ctrlKey || event.metaKey) return;
    const isMirrored = getComputedStyle(grip).direction === "rtl";
    const step = {
      ArrowUp: "up", ArrowDown: "down",
      ArrowLeft: isMirrored ? "later" : "earlier", ArrowRight: isMirrored ? "earlier" : "later",
    }[event.key];
    const buttons = [...grip.closest(".board-item").querySelectorAll(".board-moves button")];
    if (step) {
      event.preventDefault();
      const button = buttons.find((one) => one.value === step);
      if (!button.disabled) button.click();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      buttons.find((one) => !one.disabled)?.focus();
    }
  }

  function setUp() {
    for (const list of document.querySelectorAll(".board-items")) {
      if (window.Sortable.get(list)) continue;
      window.Sortable.create(list, {
        group: "items",
        handle: ".board-grip",
        draggable: ".board-item",
        animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
        onStart,
        onEnd,
      });
    }
    document.documentElement.classList.add("can-drag");
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("DOMContentLoaded", setUp);
  document.addEventListener("htmx:afterSettle", setUp);
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, putBack);
  }
  document.addEventListener("htmx:afterSwap", () => { before = null; });
})();
