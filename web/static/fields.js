// Controls beyond those of the browser: dates typed in any order of dots, amounts with separators, long lists to search in, answers by digit.
"use strict";
(() => {
  const { one, all, keys } = didimdol;

  // -- amounts: separators come while one types; the caret stays behind the digit it stood behind --------------------------------------
  const grouped = (text) => text.replace(/\B(?=(\d{3})+$)/g, ",");
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-money]") || event.isComposing) return;
    const plain = field.value.replaceAll(",", "");
    if (!/^-?\d{1,15}$/.test(plain) || /^-?0\d/.test(plain)) return;   // what is no amount stays as it was typed: the server says what is wrong
    const before = field.value.slice(0, field.selectionStart).replaceAll(",", "").length;
    const shown = plain.startsWith("-") ? `-${grouped(plain.slice(1))}` : grouped(plain);
    if (shown === field.value) return;
    field.value = shown;
    let at = 0;
    for (let seen = 0; seen < before; at++) if (shown[at] !== ",") seen++;
    field.setSelectionRange(at, at);
  }, true);

  // -- dates: 20240301, 2024.3.1 and 2024년 3월 1일 become 2024-03-01; or picked from the calendar of the browser ----------------------
  const DAY = /^(\d{4})(?:\s*[.\-/년]\s*(\d{1,2})\s*[.\-/월]\s*(\d{1,2})\s*[.일]?|(\d{2})(\d{2}))$/;
  const MONTH = /^(\d{4})(?:\s*[.\-/년]\s*(\d{1,2})\s*[.월]?|(\d{2}))$/;
  const two = (text) => text.padStart(2, "0");
  const read = {
    date: (text) => { const found = DAY.exec(text); return found && `${found[1]}-${two(found[2] || found[4])}-${two(found[3] || found[5])}`; },
    month: (text) => { const found = MONTH.exec(text); return found && `${found[1]}-${two(found[2] || found[3])}`; },
  };
  document.addEventListener("change", (event) => {
    const field = event.target, kind = field.dataset?.day;
    const shown = kind && read[kind]?.(field.value.trim());
    if (shown) field.value = shown;
  }, true);
  const pick = (field) => {
    const picker = document.createElement("input");
    picker.type = { date: "date", month: "month", datetime: "datetime-local" }[field.dataset.day];
    picker.className = "picker";
    picker.tabIndex = -1;
    picker.setAttribute("aria-hidden", "true");
    picker.value = field.value.trim().replace(" ", "T");
    picker.addEventListener("change", () => {
      field.value = picker.value.replace("T", " ");
      field.focus();
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    picker.addEventListener("blur", () => setTimeout(() => picker.remove())); // later: a redraw that takes it away blurs it too, and fails where it is gone already
    field.parentElement.append(picker);
    try { picker.showPicker(); } catch { picker.focus(); }
  };
  document.addEventListener("click", (event) => { const button = event.target.closest("[data-pick]"); if (button) pick(one("[data-day]", button.parentElement)); });
  keys.push((event) => {
    if (!event.altKey || event.key !== "ArrowDown" || !event.target.matches?.("[data-day]")) return false;
    event.preventDefault();
    pick(event.target);
    return true;
  });

  // -- long lists: a box to search in, over the plain select that is sent -----------------------------------------------------------
  const pickable = (box, text) => {
    const wanted = text.trim().toLowerCase();
    return [...one("select", box).options].filter((option) => option.value && option.label.toLowerCase().includes(wanted)).slice(0, 200);
  };
  const combo = {
    open(box, text) {
      const list = one("ul", box), input = one("[role=combobox]", box);
      list.replaceChildren(...pickable(box, text).map((option, at) => {
        const item = document.createElement("li");
        item.role = "option";
        item.id = `${list.id}-${at}`;
        item.dataset.value = option.value;
        item.textContent = option.label;
        item.ariaSelected = String(option.selected);
        return item;
      }));
      list.hidden = !list.children.length;
      input.ariaExpanded = String(!list.hidden);
      input.removeAttribute("aria-activedescendant");
    },
    close(box) {
      const list = one("ul", box), input = one("[role=combobox]", box), select = one("select", box);
      if (!list) return;   // drawn anew meanwhile, as something else
      list.hidden = true;
      input.ariaExpanded = "false";
      input.value = select.value ? select.selectedOptions[0]?.label || "" : "";
      delete input.dataset.typed;
    },
    choose(box, value) {
      const select = one("select", box);
      if (select.value !== value) { select.value = value; select.dispatchEvent(new Event("change", { bubbles: true })); }
      combo.close(box);
    },
    move(box, step) {
      const list = one("ul", box), input = one("[role=combobox]", box);
      if (list.hidden) combo.open(box, "");
      const items = [...list.children], at = items.findIndex((item) => item.classList.contains("is-active"));
      const next = items.at(Math.min(items.length - 1, Math.max(0, at + step)));
      items[at]?.classList.remove("is-active");
      if (!next) return;
      next.classList.add("is-active");
      next.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", next.id);
    },
  };
  const boxOf = (event) => (event.target.role === "combobox" ? event.target.closest(".combo") : null);
  document.addEventListener("input", (event) => { const box = boxOf(event); if (box) { event.target.dataset.typed = ""; combo.open(box, event.target.value); } });
  document.addEventListener("mousedown", (event) => { if (event.target.closest?.(".combo-list")) event.preventDefault(); });   // the box keeps the focus while one picks
  document.addEventListener("click", (event) => {
    const box = event.target.closest(".combo");
    for (const other of all(".combo")) if (other !== box && !one("ul", other).hidden) combo.close(other);
    if (box && event.target.role === "option") combo.choose(box, event.target.dataset.value);
    else if (box && event.target.role === "combobox") { event.target.select(); combo.open(box, ""); }
    const label = event.target.closest("label[for]");
    const covered = label && document.getElementById(label.htmlFor)?.closest(".combo");
    if (covered) one("[role=combobox]", covered).focus();
  });
  document.addEventListener("focusout", (event) => {
    const box = boxOf(event);
    if (!box) return;
    if ("typed" in event.target.dataset && !event.target.value.trim()) combo.choose(box, ""); else combo.close(box);   // only who emptied it takes the choice back
  });
  keys.push((event) => {
    const box = boxOf(event);
    if (!box) return false;
    if (event.key === "ArrowDown" && !event.altKey) combo.move(box, 1);
    else if (event.key === "ArrowUp") combo.move(box, -1);
    else if (event.key === "Escape") combo.close(box);
    else if (event.key === "Enter") {
      const only = pickable(box, event.target.value), active = one(".is-active", box);
      const value = active?.dataset.value || (only.length === 1 ? only[0].value : "");
      if (value) combo.choose(box, value);
    } else return false;
    event.preventDefault();
    return true;
  });
  didimdol.dress = () => { for (const box of all(".combo")) if (!box.contains(document.activeElement)) combo.close(box); };
  didimdol.dress();

  // -- a table of questions: a digit answers and goes on to the next ------------------------------------------------------------------
  keys.push((event) => {
    const row = event.target.closest?.(".likert tbody tr");
    if (!row || event.target.type !== "radio") return false;
    const rows = all("tr", row.parentElement), radios = all("input[type=radio]", row), at = rows.indexOf(row);
    const aim = (other) => { const marks = all("input[type=radio]", other); (marks.find((mark) => mark.checked) || marks[radios.indexOf(event.target)] || marks[0]).focus(); };
    if (/^[1-9]$/.test(event.key) && radios[event.key - 1]) { radios[event.key - 1].click(); if (rows[at + 1]) aim(rows[at + 1]); }
    else if (event.key === "ArrowDown" && rows[at + 1]) aim(rows[at + 1]);
    else if (event.key === "ArrowUp" && rows[at - 1]) aim(rows[at - 1]);
    else return false;
    event.preventDefault();
    return true;
  });
})();
