/* Shows what needs a passkey only where the browser can do it, and says so when it did not work. */
(() => {
  "use strict";

  document.addEventListener("DOMContentLoaded", () => {
    const isAble = Boolean(window.PublicKeyCredential);
    for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = !isAble;
    for (const part of document.querySelectorAll("[data-no-passkey]")) part.hidden = isAble;
  });

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    for (const text of document.querySelectorAll("[data-passkey-failed]")) text.hidden = false;
  });
})();
