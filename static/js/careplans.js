/* Small comforts; every page works without them. No inline script, no eval: the content security policy stays strict. */
(() => {
  "use strict";

  const YEAR = 31536000;

  function cookie(name) {
    const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  function csrfToken(element) {
    const field = (element.closest("form") || document).querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : cookie("csrftoken");
  }

  /* Light or dark: kept in a cookie, so that the server paints the next page right from the start. */
  function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function setUpTheme() {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(isDark()));
      button.addEventListener("click", () => {
        const theme = isDark() ? "light" : "dark";
        document.documentElement.dataset.theme = theme;
        document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
        button.setAttribute("aria-pressed", String(theme === "dark"));
      });
    }
  }

  /* A menu closes on Escape and when something else is clicked. */
  function setUpMenus() {
    document.addEventListener("click", (event) => {
      for (const menu of document.querySelectorAll("details[data-menu][open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of document.querySelectorAll("details[data-menu][open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
  }

  /* Unsaved changes: warn on leaving a form marked data-guard that was touched and not sent. */
  function setUpGuard() {
    let isTouched = document.querySelector("form[data-guard] .field-invalid") !== null;
    document.addEventListener("input", (event) => {
      if (event.target.closest("form[data-guard]")) isTouched = true;
    });
    document.addEventListener("submit", (event) => { if (!event.defaultPrevented) isTouched = false; });
    for (const link of document.querySelectorAll("[data-leave]")) {
      link.addEventListener("click", () => { isTouched = false; });
    }
    window.addEventListener("beforeunload", (event) => {
      if (isTouched) event.preventDefault();
    });
  }

  /* A form is sent once: its button goes quiet and says so after 300 ms. */
  function setUpBusy() {
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (event.defaultPrevented || form.method !== "post") return;
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      const button = event.submitter;
      if (!button || !button.dataset.busy) return;
      button.setAttribute("aria-disabled", "true");
      button.dataset.label = button.innerHTML;
      button.busyTimer = setTimeout(() => {
        button.replaceChildren(Object.assign(document.createElement("span"), { className: "spinner" }), button.dataset.busy);
      }, 300);
    });
    window.addEventListener("pageshow", () => {
      for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
      for (const button of document.querySelectorAll("button[data-label]")) {
        clearTimeout(button.busyTimer);
        button.innerHTML = button.dataset.label;
        button.removeAttribute("aria-disabled");
        delete button.dataset.label;
      }
    });
  }

  function focusErrors() {
    const summary = document.getElementById("error-summary");
    if (summary) summary.focus();
  }

  /* A part of the page that is replaced takes the focus with it: give it back to the same control, else to the one
     beside it, else to the row or section it was in. */
  function idsAround(element) {
    const ids = [];
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (at.id) ids.push(at.id);
      if (at.matches("li[id]")) {
        for (const beside of [at.nextElementSibling, at.previousElementSibling]) {
          if (beside && beside.id) ids.push(beside.id);
        }
      }
    }
    return ids;
  }

  function focusable(id) {
    const found = document.getElementById(id);
    if (!found) return null;
    if (found.matches("a[href], button:not(:disabled), input:not([type=hidden]), select, textarea")) return found;
    const within = found.matches("button") ? found.parentElement : found;
    return within.querySelector("a[href], button:not(:disabled), select, summary");
  }

  /* A form opened inside a row closes there: nothing is loaded again and the place on the page is kept. */
  function setUpRowForms() {
    document.addEventListener("click", (event) => {
      const cancel = event.target.closest("[data-close-form]");
      const holder = cancel && cancel.closest(".desk-item-form");
      if (!holder) return;
      event.preventDefault();
      const row = holder.closest("li");
      holder.replaceChildren();
      row.querySelector("a[href]").focus();
    });
  }

  function setUpFocusKept() {
    let ids = [];
    document.addEventListener("htmx:beforeSwap", (event) => {
      const target = event.detail.target;
      ids = target.contains(document.activeElement) ? idsAround(document.activeElement) : [];
    });
    document.addEventListener("htmx:afterSettle", (event) => {
      const summary = event.detail.elt.querySelector(".error-summary");
      if (summary) {
        summary.focus();
      } else if (ids.length && document.activeElement === document.body) {
        const found = ids.map(focusable).find(Boolean);
        if (found) found.focus();
      }
      ids = [];
    });
  }

  /* A part of the page that could not be fetched or sent is said to be so, until the next one that could. In the
     server's own words when it has some, as when its database is away; a whole error page does not fit in here. */
  function setUpFailed() {
    const notice = document.getElementById("request-failed");
    if (!notice) return;
    const words = notice.querySelector("p");
    const usual = words.textContent;
    for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
      document.addEventListener(name, (event) => {
        const type = event.detail.xhr.getResponseHeader("Content-Type") || "";
        words.textContent = type.startsWith("text/plain") ? event.detail.xhr.responseText : usual;
        notice.hidden = false;
      });
    }
    document.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.successful) notice.hidden = true;
    });
  }

  /* Words typed before the scripts were there, or kept by the browser when the page was loaded again, count as typed:
     a search looks for them, a preview shows them, leaving warns. Only where typing alone saves nothing. */
  function setUpTypedBefore() {
    const fields = "form[data-guard] textarea[name], form[data-guard] input[type=text][name], input[type=search]";
    document.addEventListener("htmx:load", (event) => {
      for (const field of event.detail.elt.querySelectorAll(fields)) {
        if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    setUpTypedBefore();
    setUpTheme();
    setUpFailed();
    setUpFocusKept();
    setUpMenus();
    setUpRowForms();
    setUpGuard();
    setUpBusy();
    focusErrors();
  });
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = csrfToken(event.detail.elt);
  });
})();
