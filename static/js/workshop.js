/* Comforts of the workshop's pages: each works without them. No inline script, no eval. */
(() => {
  "use strict";

  function changed(element) {
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function button(sign, label, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "icon-button", textContent: sign });
    made.setAttribute("aria-label", label);
    made.title = label;
    made.addEventListener("click", act);
    return made;
  }

  /* A field of lines becomes one row a line: added, taken away and moved by buttons and by keyboard. The field itself
     stays what is sent. */
  class Rows {
    constructor(holder) {
      this.field = document.getElementById(holder.dataset.rowsOf);
      this.words = holder.dataset;
      this.list = Object.assign(document.createElement("ol"), { className: "written-rows" });
      const label = holder.querySelector("label");
      label.id = `${this.field.id}_label`;
      label.removeAttribute("for");
      this.list.setAttribute("aria-labelledby", label.id);
      const help = holder.querySelector(".field-help");
      if (help) help.textContent = this.words.rowsHelp;
      const lines = this.field.value.split("\n").filter((line) => line.trim());
      for (const line of lines.length ? lines : [""]) this.list.append(this.row(line));
      this.add = Object.assign(document.createElement("button"), {
        type: "button", className: "btn btn-secondary btn-sm", textContent: this.words.addLabel,
      });
      this.add.addEventListener("click", () => this.insert("", this.list.lastElementChild));
      this.said = Object.assign(document.createElement("p"), { className: "visually-hidden" });
      this.said.setAttribute("role", "status");
      this.field.hidden = true;
      this.field.after(this.list, this.add, this.said);
      this.number();
    }

    row(text) {
      const row = document.createElement("li");
      const input = Object.assign(document.createElement("textarea"), { className: "form-control", rows: 1, value: text });
      if (this.field.classList.contains("is-invalid")) input.classList.add("is-invalid");
      input.addEventListener("input", () => this.typed(row, input));
      input.addEventListener("keydown", (event) => this.key(event, row, input));
      row.append(
        input,
        button("↑", this.words.upLabel, () => this.move(row, -1)),
        button("↓", this.words.downLabel, () => this.move(row, 1)),
        button("×", this.words.removeLabel, () => this.remove(row)),
      );
      return row;
    }

    input(row) { return row.querySelector("textarea"); }

    insert(text, after) {
      const row = this.row(text);
      if (after) after.after(row);
      else this.list.prepend(row);
      this.number();
      this.input(row).focus();
      this.input(row).setSelectionRange(0, 0);
      return row;
    }

    /* Several lines that were pasted are several rows. */
    typed(row, input) {
      const [first, ...others] = input.value.split("\n");
      if (others.length) {
        input.value = first;
        let last = row;
        for (const line of others) last = this.insert(line, last);
        this.input(last).setSelectionRange(this.input(last).value.length, this.input(last).value.length);
      }
      this.number();
    }

    key(event, row, input) {
      if (event.isComposing) return;
      if (event.key === "Enter") {
        event.preventDefault();
        const rest = input.value.slice(input.selectionEnd);
        input.value = input.value.slice(0, input.selectionStart);
        this.insert(rest, row);
      } else if (event.key === "Backspace" && !input.value && this.list.children.length > 1) {
        event.preventDefault();
        this.remove(row);
      } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
        event.preventDefault();
        this.move(row, event.key === "ArrowUp" ? -1 : 1);
        input.focus();
      }
    }

    move(row, by) {
      const beside = by < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (!beside) return;
      if (by < 0) beside.before(row);
      else beside.after(row);
      this.number();
      const place = [...this.list.children].indexOf(row) + 1;
      this.said.textContent = this.words.placeLabel
        .replace("{place}", place).replace("{all}", this.list.children.length);
    }

    remove(row) {
      const beside = row.previousElementSibling || row.nextElementSibling;
      row.remove();
      if (beside) this.input(beside).focus();
      else this.insert("", null);
      this.number();
    }

    /* What is sent, and what each row is called. */
    number() {
      const rows = [...this.list.children];
      rows.forEach((row, place) => {
        const called = `${this.words.rowLabel} ${place + 1}`;
        this.input(row).setAttribute("aria-label", called);
        const [up, down, remove] = row.querySelectorAll("button");
        up.disabled = place === 0;
        down.disabled = place === rows.length - 1;
        for (const [one, label] of [[up, this.words.upLabel], [down, this.words.downLabel], [remove, this.words.removeLabel]]) {
          one.setAttribute("aria-label", `${label}: ${called}`);
        }
      });
      const lines = rows.map((row) => this.input(row).value.trim()).filter(Boolean).join("\n");
      if (lines !== this.field.value) {
        this.field.value = lines;
        changed(this.field);
      }
    }
  }

  /* One more row of a form in rows, copied from the last and emptied. */
  function setUpSources() {
    const holder = document.querySelector("[data-source-rows]");
    const add = document.getElementById("source-add");
    if (!holder || !add) return;
    const total = document.querySelector(`[name="${holder.dataset.sourceRows}-TOTAL_FORMS"]`);
    add.addEventListener("click", (event) => {
      event.preventDefault();
      const last = holder.lastElementChild;
      const row = last.cloneNode(true);
      const number = Number(total.value);
      for (const element of [row, ...row.querySelectorAll("*")]) {
        for (const name of ["id", "name", "for", "aria-describedby"]) {
          const value = element.getAttribute(name);
          if (value) element.setAttribute(name, value.replace(/-\d+-/, `-${number}-`));
        }
        if (element.matches("select, textarea")) { element.value = ""; element.classList.remove("is-invalid"); }
        if (element.matches(".field-error")) element.remove();
        element.classList.remove("field-invalid");
      }
      row.querySelector("legend").textContent = row.querySelector("legend").textContent.replace(/\d+/, number + 1);
      for (const option of row.querySelectorAll("option[selected]")) option.removeAttribute("selected");
      holder.append(row);
      total.value = String(number + 1);
      row.querySelector("select").focus();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll("[data-without-script]")) element.hidden = true;
    for (const holder of document.querySelectorAll("[data-rows-of]")) new Rows(holder);
    setUpSources();
  });
})();
