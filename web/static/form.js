// A form while it is filled in: nothing typed is lost, drafts save themselves, the server draws anew what follows from an answer, files go up.
"use strict";
(() => {
  const { one, all, said, say, dress } = didimdol;
  const screen = () => one("form.screen");

  // -- what was edited when, and what it was then ------------------------------------------------------------------------------------
  // A redraw shows what the server made of the answers it was sent. What was edited after that was sent is put back as it was at the edit.
  const edits = new Map();           // name -> {at: when (a counter), states: {control: its state}}
  let clock = 0;
  let unsaved = false;
  const key = (field) => `${field.name} ${boxed(field) ? field.value : ""}`;
  const boxed = (field) => ["radio", "checkbox"].includes(field.type);
  const state = (field) => (boxed(field) ? field.checked : field.value);
  const edited = (name, fields = []) => {
    edits.set(name, { at: ++clock, states: new Map(fields.map((field) => [key(field), state(field)])) });
    unsaved = true;
  };
  const touched = (event) => {
    const field = event.target, form = field.closest("form.screen");
    if (!form || !field.name || field.name.startsWith("_")) return;
    edited(field.name, field.type === "file" ? [] : all("input,select,textarea", form).filter((other) => other.name === field.name));
    save.soon();
  };
  document.addEventListener("input", touched, true);   // before the request that the same event causes
  document.addEventListener("change", touched, true);

  // -- drafts that save themselves -----------------------------------------------------------------------------------------------------
  const SOONEST = 2000, LATEST = 60000;   // ms until what did not get through is sent again; each time twice as long
  const save = {
    timer: 0, running: null, wait: SOONEST,
    show(kind, sentence) {
      const place = one("#saved");
      if (!place) return;
      const time = new Date().toLocaleTimeString("ko-KR", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Seoul" });
      place.textContent = kind === "saved" ? `${place.dataset.saved} ${time}` : sentence || place.dataset[kind];
      place.classList.toggle("state-error", ["failed", "lost"].includes(kind));
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
      if (save.running) { save.soon(); return; }
      const at = clock;
      save.show("saving");
      save.running = save.send(form, at);
      const became = await save.running;
      save.running = null;
      if (became === "lost") save.later(); else save.wait = SOONEST;
      if (became === "saved" && at !== clock) save.soon();
    },
    later() {
      clearTimeout(save.timer);
      save.timer = setTimeout(save.now, save.wait);
      save.wait = Math.min(2 * save.wait, LATEST);
    },
    // Gives "saved", "failed" (the server says why: trying again would not help) or "lost" (no answer, or none of ours).
    async send(form, at) {
      const body = new FormData(form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      body.set("intent", "draft");
      try {
        const answer = await fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" } });
        if (answer.status >= 500) throw answer;
        const told = await answer.json();
        if (!answer.ok) { save.show("failed", told.title); return "failed"; }
        if (told.action && form.getAttribute("action") !== told.action) moved(form, told);
        if (form.elements._draft_version) form.elements._draft_version.value = told.version;
        if (at === clock) unsaved = false;
        save.show("saved");
        return "saved";
      } catch { save.show("lost"); return "lost"; }
    },
  };
  didimdol.beforeEnd = save.now;
  window.addEventListener("online", save.now);
  // The first draft of something not yet begun begins it: from now on this page is that task's page.
  const moved = (form, told) => {
    form.setAttribute("action", told.action);
    form.dataset.draft = told.draft;
    if (form.hasAttribute("hx-post")) { form.setAttribute("hx-post", told.action); window.htmx?.process(form, true); }
    history.replaceState(null, "", told.action);
  };
  window.addEventListener("beforeunload", (event) => { if (unsaved && screen()) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save.now(); });
  const LONGEST_WAIT = 5000;
  document.addEventListener("submit", async (event) => {
    const form = event.target, submitter = event.submitter;
    if (!form.matches("form.screen")) return;
    if (submitter?.hidden) { event.preventDefault(); return; }   // Enter in a field: the change itself has drawn the form again
    clearTimeout(save.timer);
    if (save.running && !form.dataset.waited) {   // a draft under way is let through first: else it would be left behind by what is saved now
      event.preventDefault();
      form.dataset.waited = "";
      await Promise.race([save.running, new Promise((done) => setTimeout(done, LONGEST_WAIT))]);
      clearTimeout(save.timer);
      const again = submitter && (submitter.isConnected ? submitter : all("button[name=intent]", form).find((button) => button.value === submitter.value));
      form.requestSubmit(again || undefined);
      return;
    }
    delete form.dataset.waited;
    unsaved = false;
  });

  // -- live parts ------------------------------------------------------------------------------------------------------------------------
  document.addEventListener("htmx:before:request", (event) => {
    if (event.target.closest?.("form.screen")) event.detail.ctx.asOf = clock;
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const form = screen(), ctx = event.detail.ctx;
    if (!form || ctx.asOf === undefined) return;
    ctx.parts = new Set(all("[data-revealed]", form).map((part) => part.id));
    ctx.sheets = new Set(all("[data-sheet]", form).map((part) => part.id));
    ctx.rows = all("table.rows tbody tr", form).length;
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const form = screen(), ctx = event.detail.ctx;
    if (!form || ctx.asOf === undefined || !ctx.parts) return;
    for (const field of all("input,select,textarea", form)) settle(field, ctx.asOf);
    announce(form, ctx);
    dress();
  });
  const settle = (field, asOf) => {
    if (["hidden", "file"].includes(field.type) || !field.name) return;
    const last = edits.get(field.name);
    const kept = last && last.at > asOf ? last.states.get(key(field)) : undefined;
    if (kept !== undefined) { put(field, kept); return; }
    if (boxed(field)) field.checked = field.defaultChecked;
    else if (field.tagName === "SELECT") { for (const option of field.options) option.selected = option.defaultSelected; if (field.selectedIndex < 0) field.selectedIndex = 0; }
    else if (field !== document.activeElement && field.value !== field.defaultValue) field.value = field.defaultValue;
  };
  const put = (field, kept) => {
    if (boxed(field)) field.checked = kept;
    else if (field.value !== kept) field.value = kept;   // equal values are left alone: setting them would move the caret
    if (field.tagName === "SELECT" && field.selectedIndex < 0) field.selectedIndex = 0;   // it is offered no more
  };
  const announce = (form, ctx) => {
    const fresh = all("[data-revealed]", form).filter((part) => !ctx.parts.has(part.id)).map((part) => part.dataset.revealed)
      .concat(all("[data-sheet]", form).filter((part) => !ctx.sheets.has(part.id)).map((part) => part.dataset.sheet));
    const rows = all("table.rows tbody tr", form).length;
    if (rows !== ctx.rows) say(said.dataset.row);
    else if (fresh.length) say(said.dataset.revealed + fresh.join(", "));
    else if (ctx.parts.size > all("[data-revealed]", form).length || ctx.sheets.size > all("[data-sheet]", form).length) say(said.dataset.hidden);
  };
  const redraw = (form, intent) => window.htmx.ajax("POST", form.getAttribute("action"), { source: form, target: form, swap: "outerMorph", values: { intent } });

  // -- rows: the same post as without script, drawn in place -----------------------------------------------------------------------------
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-intent]");
    if (!button || !window.htmx) return;
    const form = button.form, intent = button.value;
    event.preventDefault();
    for (const table of all("table.rows", form)) table.inert = true;   // the numbers of rows are about to change: nothing may be typed into the wrong one
    edited(intent);
    try { await redraw(form, intent); } finally { for (const table of all("table.rows", screen())) table.inert = false; }
    save.soon();
    follow(intent);
  });
  const follow = (intent) => {
    const [verb, pointer] = intent.split(/:(.*)/s);
    const id = `f-${pointer.slice(1).replaceAll("/", "-")}`;
    const box = verb === "add" ? one(`[id="${CSS.escape(id)}"]`) : null;
    if (box) { const rows = all("tbody tr", box); one("input,select,textarea", rows.at(-1) || box)?.focus(); return; }
    const parent = one(`[id="${CSS.escape(id.replace(/-\d+$/, ""))}"]`);
    if (verb === "remove" && parent) { const number = Number(id.match(/\d+$/)?.[0]); (all("tbody tr button[value^='remove:']", parent)[number] || all("button[value^='remove:'], button[value^='add:']", parent).at(-1) || parent).focus(); return; }
    if (!["up", "down"].includes(verb)) return;
    const place = pointer.replace(/\d+$/, (number) => Number(number) + (verb === "up" ? -1 : 1));   // the focus goes along with the row
    const moved = all(`button[value="${verb}:${CSS.escape(place)}"]`).concat(all(`button[value$=":${CSS.escape(place)}"]`)).find((button) => !button.disabled);
    moved?.focus();
  };
  didimdol.keys.push((event) => {   // Alt with an arrow in a row moves the row, Alt with Insert or Enter adds one, Alt with Delete takes it out
    const row = event.altKey && event.target.closest?.("table.rows tbody tr"), box = row && row.closest(".rows-box");
    const verb = row && { ArrowUp: "up", ArrowDown: event.target.matches("[data-day]") ? "" : "down", Delete: "remove", Enter: "add", Insert: "add" }[event.key];
    const button = verb && one(`button[value^="${verb}:"]`, verb === "add" ? box : row);
    if (!button) return false;
    event.preventDefault();
    if (!button.disabled) { event.target.blur(); button.click(); }   // leaving the field tells the form what was typed
    return true;
  });

  // -- attachments: sent as soon as they are chosen or dropped -----------------------------------------------------------------------------
  const place = (at) => all("[data-drop]").find((box) => box.dataset.drop === at);   // the page may have been drawn anew meanwhile
  const send = (body, told) => new Promise((done) => {
    const post = new XMLHttpRequest();   // fetch cannot tell how far it is
    post.open("POST", "/files");
    post.setRequestHeader("Accept", "application/json");
    post.responseType = "json";
    post.upload.addEventListener("progress", (event) => { if (event.lengthComputable) told(event.loaded / event.total, post); });
    post.addEventListener("loadend", () => done({ ok: post.status === 201, stopped: !post.status && post.stopped, told: post.response }));
    told(0, post);
    post.send(body);
  });
  const progress = (at, name) => (done, post) => {
    const line = one(".sending", place(at));
    if (!line) return;
    line.hidden = false;
    one("progress", line).value = done;
    one("progress", line).setAttribute("aria-label", name);
    one("b", line).textContent = name;
    one("span", line).textContent = `${Math.floor(done * 100)}%`;
    one("button", line).onclick = () => { post.stopped = true; post.abort(); };
  };
  const upload = async (at, files) => {
    const form = screen(), many = one("input[type=file]", place(at)).multiple, wrong = [], before = clock;
    for (const file of many ? [...files] : [...files].slice(0, 1)) {
      const body = new FormData();
      body.set("_csrf", form.elements._csrf.value);
      body.set("form", form.elements._form?.value || "");
      body.set("at", at.replace(/\/\d+(?=\/|$)/g, "/*"));
      body.set("file", file);
      const { ok, stopped, told } = await send(body, progress(at, file.name));
      if (stopped) continue;
      const box = place(at);
      if (!ok || !told?.id || !box) { wrong.push(`${file.name}: ${told?.errors?.[0]?.message || told?.title || one("#saved")?.dataset.failed || ""}`); continue; }
      if (!many) all("input[type=hidden]", box).forEach((field) => field.remove());
      const kept = document.createElement("input");
      kept.type = "hidden"; kept.name = at; kept.value = told.id;
      box.append(kept);
      edited(at);
    }
    const line = one(".sending", place(at));
    if (line) line.hidden = true;
    if (place(at)) one("input[type=file]", place(at)).value = "";
    if (clock !== before) { await redraw(screen(), "preview"); save.soon(); }
    if (!wrong.length) { delete place(at)?.dataset.problem; return; }
    if (place(at)) place(at).dataset.problem = wrong.join(" ");
    say(wrong.join(" "));
  };
  document.addEventListener("change", (event) => { const box = event.target.closest?.("[data-drop]"); if (box && event.target.type === "file" && window.htmx) upload(box.dataset.drop, event.target.files); });
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => {
    const box = event.target.closest?.("[data-drop]");
    if (!box) return;
    event.preventDefault();
    box.classList.toggle("is-over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) upload(box.dataset.drop, event.dataTransfer.files);
  });
  document.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.classList.remove("is-over"));

  if (one("form.screen[data-unsaved]")) { unsaved = true; save.soon(); }
})();
