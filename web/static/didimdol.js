// What pages do beyond plain HTML. Everything here is a convenience: each page works without it. No text lives here; sentences come from the page.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const said = one("#said");
  const say = (text) => { if (said) { said.textContent = ""; said.textContent = text; } };
  const screen = () => one("form.screen");
  const csrf = () => one("input[name=_csrf]")?.value || "";

  // -- the time left, and staying -------------------------------------------------------------------------------------------
  let until = Date.parse(document.body.dataset.until || "");
  const tick = () => {
    if (!until) return;
    const left = Math.max(0, Math.round((until - Date.now()) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const ending = one("#ending");
    if (one("#left")) one("#left").textContent = text;
    if (ending) {
      if (left <= 120 && ending.hidden) { ending.hidden = false; save.now(); }
      if (left > 120) ending.hidden = true;
      one("b", ending).textContent = text;
    }
  };
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-extend]")) return;
    event.preventDefault();
    const answer = await fetch(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)), headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || !(answer.headers.get("content-type") || "").includes("json")) { location.reload(); return; }
    until = Date.parse((await answer.json()).expires_at);
    tick();
  });

  // -- typing is never lost: what was edited when, drafts that save themselves ---------------------------------------------------
  const edits = new Map();           // name -> when it was last edited (a counter)
  let clock = 0;
  let unsaved = false;
  const touched = (event) => {
    const field = event.target;
    if (!field.name || field.name.startsWith("_") || !field.closest("form.screen")) return;
    edits.set(field.name, ++clock);
    unsaved = true;
    save.soon();
  };
  document.addEventListener("input", touched, true);   // before the request that the same event causes
  document.addEventListener("change", touched, true);

  const save = {
    timer: 0, busy: false,
    show(kind, sentence) {
      const place = one("#saved");
      if (!place) return;
      const time = new Date().toLocaleTimeString("ko-KR", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Seoul" });
      place.textContent = kind === "saved" ? `${place.dataset.saved} ${time}` : sentence || place.dataset[kind];
      place.classList.toggle("state-error", kind === "failed");
    },
    soon() {
      clearTimeout(save.timer);
      if (!screen()?.dataset.draft) return;
      save.show("unsaved");
      save.timer = setTimeout(save.now, 2500);
    },
    async now() {
      const form = screen();
      clearTimeout(save.timer);
      if (!form?.dataset.draft || !unsaved) return;
      if (save.busy) { save.soon(); return; }
      save.busy = true;
      save.show("saving");
      const at = clock;
      const body = new FormData(form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      body.set("intent", "draft");
      try {
        const answer = await fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" } });
        const told = await answer.json();
        if (!answer.ok) { save.busy = false; save.show("failed", told.title); return; }
        if (told.action && form.getAttribute("action") !== told.action) moved(form, told);
        if (form.elements._draft_version) form.elements._draft_version.value = told.version;
        if (at === clock) unsaved = false;
        save.show("saved");
      } catch { save.show("failed"); }
      save.busy = false;
      if (at !== clock) save.soon();
    },
  };
  // The first draft of something not yet begun begins it: from now on this page is that task's page.
  const moved = (form, told) => {
    form.setAttribute("action", told.action);
    form.dataset.draft = told.draft;
    if (form.hasAttribute("hx-post")) { form.setAttribute("hx-post", told.action); window.htmx?.process(form, true); }
    history.replaceState(null, "", told.action);
  };
  window.addEventListener("beforeunload", (event) => { if (unsaved && screen()) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save.now(); });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.screen")) return;
    if (event.submitter?.hidden) { event.preventDefault(); return; }   // Enter in a field: the change itself has drawn the form again
    unsaved = false;
    clearTimeout(save.timer);
  });

  // -- live parts: after the server drew the form again, the page shows what the server says and keeps what was typed meanwhile ---------
  const key = (field) => `${field.name} ${["radio", "checkbox"].includes(field.type) ? field.value : ""}`;
  const state = (field) => (["radio", "checkbox"].includes(field.type) ? field.checked : field.value);
  document.addEventListener("htmx:before:request", (event) => {
    if (event.target.closest?.("form.screen")) event.detail.ctx.asOf = clock;
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const form = screen(), ctx = event.detail.ctx;
    if (!form || ctx.asOf === undefined) return;
    ctx.kept = new Map(all("input,select,textarea", form).filter((field) => (edits.get(field.name) || 0) > ctx.asOf).map((field) => [key(field), state(field)]));
    ctx.parts = new Set(all("[data-revealed]", form).map((part) => part.id));
    ctx.sheets = new Set(all("[data-sheet]", form).map((part) => part.id));
    ctx.rows = all("table.rows tbody tr", form).length;
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const form = screen(), ctx = event.detail.ctx;
    if (!form || ctx.asOf === undefined || !ctx.kept) return;
    for (const field of all("input,select,textarea", form)) settle(field, ctx.kept);
    announce(form, ctx);
    dress(form);
  });
  const settle = (field, kept) => {
    if (["hidden", "file"].includes(field.type) || !field.name) return;
    const typed = kept.get(key(field));
    const box = ["radio", "checkbox"].includes(field.type);
    if (typed !== undefined) { if (box) field.checked = typed; else if (field !== document.activeElement) field.value = typed; return; }
    if (box) field.checked = field.defaultChecked;
    else if (field.tagName === "SELECT") { for (const option of field.options) option.selected = option.defaultSelected; if (field.selectedIndex < 0) field.selectedIndex = 0; }
    else if (field !== document.activeElement && field.value !== field.defaultValue) field.value = field.defaultValue;
  };
  const announce = (form, ctx) => {
    const fresh = all("[data-revealed]", form).filter((part) => !ctx.parts.has(part.id)).map((part) => part.dataset.revealed)
      .concat(all("[data-sheet]", form).filter((part) => !ctx.sheets.has(part.id)).map((part) => part.dataset.sheet));
    const rows = all("table.rows tbody tr", form).length;
    if (rows !== ctx.rows) say(said.dataset.row);
    else if (fresh.length) say(said.dataset.revealed + fresh.join(", "));
    else if (ctx.parts.size > all("[data-revealed]", form).length || ctx.sheets.size > all("[data-sheet]", form).length) say(said.dataset.hidden);
  };
  // Buttons that change rows: the same post as without script, drawn in place.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-intent]");
    if (!button || !window.htmx) return;
    const form = button.form, intent = button.value;
    event.preventDefault();
    edits.set(intent, ++clock);
    unsaved = true;
    await window.htmx.ajax("POST", form.getAttribute("action"), { source: form, target: form, swap: "outerMorph", values: { intent } });
    save.soon();
    follow(intent);
  });
  const follow = (intent) => {
    const [verb, pointer] = intent.split(/:(.*)/s);
    const id = `f-${pointer.slice(1).replaceAll("/", "-")}`;
    const box = verb === "add" ? one(`[id="${CSS.escape(id)}"]`) : null;
    if (box) { const rows = all("tbody tr", box); one("input,select,textarea", rows.at(-1) || box)?.focus(); return; }
    const parent = one(`[id="${CSS.escape(id.replace(/-\d+$/, ""))}"]`);
    if (verb === "remove" && parent) parent.focus();
    else if (["up", "down"].includes(verb)) all(`button[value^="${verb}:"]`).find((button) => button.value === intent && !button.disabled)?.focus();
  };

  // -- dates from the calendar of the browser ----------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (!button) return;
    const field = button.previousElementSibling;
    const picker = document.createElement("input");
    picker.type = { date: "date", month: "month", datetime: "datetime-local" }[button.dataset.pick];
    picker.className = "picker";
    picker.tabIndex = -1;
    picker.value = field.value.trim().replace(" ", "T");
    picker.addEventListener("change", () => {
      field.value = picker.value.replace("T", " ");
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    picker.addEventListener("blur", () => picker.remove());
    button.after(picker);
    try { picker.showPicker(); } catch { picker.focus(); }
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
      const list = one("ul", box);
      if (!list) return; // drawn anew meanwhile, as something else
      list.hidden = true;
      one("[role=combobox]", box).ariaExpanded = "false";
      const select = one("select", box);
      one("[role=combobox]", box).value = select.value ? select.selectedOptions[0]?.label || "" : "";
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
  document.addEventListener("input", (event) => { const box = event.target.closest?.(".combo"); if (box && event.target.role === "combobox") combo.open(box, event.target.value); });
  document.addEventListener("click", (event) => {
    const box = event.target.closest(".combo");
    for (const other of all(".combo")) if (other !== box && !one("ul", other).hidden) combo.close(other);
    if (!box) return;
    if (event.target.role === "option") combo.choose(box, event.target.dataset.value);
    else if (event.target.role === "combobox") { event.target.select(); combo.open(box, ""); }
  });
  document.addEventListener("focusout", (event) => {
    const box = event.target.closest?.(".combo");
    if (!box || event.target.role !== "combobox") return;
    setTimeout(() => {
      if (box.contains(document.activeElement)) return;
      if (!event.target.value.trim()) combo.choose(box, ""); else combo.close(box);
    }, 150);
  });
  const comboKey = (event) => {
    const box = event.target.closest?.(".combo");
    if (!box || event.target.role !== "combobox" || event.isComposing) return false;
    const active = one(".is-active", box);
    if (event.key === "ArrowDown") combo.move(box, 1);
    else if (event.key === "ArrowUp") combo.move(box, -1);
    else if (event.key === "Escape") combo.close(box);
    else if (event.key === "Enter") { const only = pickable(box, event.target.value); const value = active?.dataset.value || (only.length === 1 ? only[0].value : ""); if (value) combo.choose(box, value); }
    else return false;
    event.preventDefault();
    return true;
  };

  // -- attachments: sent as soon as they are chosen or dropped ---------------------------------------------------------------------
  const upload = async (box, files) => {
    const form = box.closest("form"), input = one("input[type=file]", box), at = box.dataset.drop;
    const wrong = [], before = clock;
    for (const file of input.multiple ? files : [...files].slice(0, 1)) {
      const body = new FormData();
      body.set("_csrf", csrf());
      body.set("form", (form.elements._form?.value || "").split("/").pop());
      body.set("at", at.replace(/\/\d+(?=\/|$)/g, "/*"));
      body.set("file", file);
      box.classList.add("is-busy");
      const answer = await fetch("/files", { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
      box.classList.remove("is-busy");
      const told = await answer?.json().catch(() => null);
      if (!answer?.ok || !told?.id) { wrong.push(`${file.name}: ${told?.errors?.[0]?.message || told?.title || one("#saved")?.dataset.failed || ""}`); continue; }
      if (!input.multiple) all("input[type=hidden]", box).forEach((field) => field.remove());
      const kept = document.createElement("input");
      kept.type = "hidden"; kept.name = at; kept.value = told.id;
      box.append(kept);
      edits.set(at, ++clock);
      unsaved = true;
    }
    input.value = "";
    if (clock !== before) {
      await window.htmx?.ajax("POST", form.getAttribute("action"), { source: form, target: form, swap: "outerMorph", values: { intent: "preview" } });
      save.soon();
    }
    const place = all("[data-drop]").find((other) => other.dataset.drop === at);   // the page may have been drawn anew
    if (!wrong.length) { delete place?.dataset.problem; return; }
    if (place) place.dataset.problem = wrong.join(" ");
    say(wrong.join(" "));
  };
  document.addEventListener("change", (event) => { const box = event.target.closest?.("[data-drop]"); if (box && event.target.type === "file" && window.htmx) upload(box, event.target.files); });
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => {
    const box = event.target.closest?.("[data-drop]");
    if (!box) return;
    event.preventDefault();
    box.classList.toggle("is-over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) upload(box, event.dataTransfer.files);
  });
  document.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.classList.remove("is-over"));

  // -- keys ----------------------------------------------------------------------------------------------------------------------
  const typing = (target) => target.closest?.("input:not([type=radio],[type=checkbox]),select,textarea,[contenteditable]");
  const letters = () => localStorage.getItem("letters") !== "off";
  let went = 0;
  const nextTab = () => {
    const sheets = all("form.screen .sheet[data-sheet]");
    const line = innerHeight * 0.4, typedIn = document.activeElement?.closest(".sheet[data-sheet]");
    const here = typedIn ? sheets.indexOf(typedIn) : sheets.findLastIndex((sheet) => sheet.getBoundingClientRect().top < line);
    const next = sheets[(here + 1) % sheets.length];
    if (next) { next.scrollIntoView(); one("input:not([type=hidden]),select,textarea", next)?.focus({ preventScroll: true }); current(next.id); }
  };
  const current = (id) => { for (const tab of all(".tabs a[href^='#t-']")) tab.getAttribute("href") === `#${id}` ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current"); };
  const likertKey = (event) => {
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
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || comboKey(event) || likertKey(event)) return;
    if (event.altKey && event.code === "KeyS") { const button = one("[data-save]"); if (button) { event.preventDefault(); button.click(); } }
    else if (event.altKey && event.code === "KeyN") { event.preventDefault(); nextTab(); }
    else if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target) || !letters()) return;
    else if (event.key === "/") { event.preventDefault(); one("#find")?.focus(); }
    else if (event.key === "?") { event.preventDefault(); one("#keys")?.showModal(); }
    else if (event.code === "KeyG") went = Date.now();
    else if (Date.now() - went < 1500) { const to = one(`[data-go="${{ KeyH: "h", KeyL: "l" }[event.code]}"]`); went = 0; if (to) to.click(); }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) { event.preventDefault(); one(`#${opener.dataset.open}`).showModal(); }
    if (event.target.closest("[data-print]")) window.print();
    const tab = event.target.closest(".tabs a[href^='#t-']");
    if (tab) current(tab.getAttribute("href").slice(1));
    const jump = event.target.closest("[data-jump]");
    if (jump) {
      const place = document.getElementById(decodeURIComponent(jump.getAttribute("href").slice(1)));
      const control = place?.closest(".combo") ? one("[role=combobox]", place.closest(".combo")) : place?.matches("input,select,textarea") ? place : place && (one("input:not([type=hidden]),select,textarea", place) || place.closest("[tabindex]"));
      if (control) { event.preventDefault(); control.focus(); control.closest(".field,tr,.rows-box")?.scrollIntoView({ block: "center" }); }
    }
    const label = event.target.closest("label[for]");
    const covered = label && document.getElementById(label.htmlFor)?.closest(".combo");
    if (covered) one("[role=combobox]", covered).focus();
  });
  const off = one("[data-keys-off]");
  if (off) { off.checked = !letters(); off.addEventListener("change", () => localStorage.setItem("letters", off.checked ? "off" : "on")); }

  // -- choosing several rows ------------------------------------------------------------------------------------------------------
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) for (const box of all(`input[name="${event.target.dataset.all}"]`)) box.checked = event.target.checked;
    const table = event.target.closest("[data-picked]");
    if (!table) return;
    const boxes = all("tbody input[type=checkbox]", table), picked = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr").classList.toggle("is-on", box.checked);
    for (const place of all("[data-count]")) place.textContent = picked.length;
    for (const place of all("[data-names]")) place.textContent = picked.map((box) => box.dataset.who).join(", ");
  });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-go-on]")) event.target.form.requestSubmit(); });

  // -- on arrival -------------------------------------------------------------------------------------------------------------------
  const dress = () => { for (const box of all(".combo")) if (!box.contains(document.activeElement)) combo.close(box); };
  for (const link of all("a[data-back]")) link.addEventListener("click", (event) => { if (history.length > 1) { event.preventDefault(); history.back(); } });
  dress();
  if (one("form.screen[data-unsaved]")) { unsaved = true; save.soon(); }
  one("[autofocus]")?.focus();
  if (until) { tick(); setInterval(tick, 1000); }
})();
