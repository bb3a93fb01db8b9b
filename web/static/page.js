// What every page does beyond plain HTML: the time left, keys, dialogs, choosing rows. A convenience: each page works without it.
// No text lives here; sentences come from the page. `didimdol` is what the three files share: page.js, fields.js, form.js, in this order.
"use strict";
const didimdol = (() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const said = one("#said");
  const say = (text) => { if (said) { said.textContent = ""; said.textContent = text; } };
  const shared = { one, all, said, say, keys: [], beforeEnd: () => {} };   // keys: who may take a key before the page does

  // -- the time left, and staying -------------------------------------------------------------------------------------------
  let until = Date.parse(document.body.dataset.until || "");
  const tick = () => {
    if (!until) return;
    const left = Math.max(0, Math.round((until - Date.now()) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const ending = one("#ending");
    if (one("#left")) one("#left").textContent = text;
    if (ending) {
      if (left <= 120 && ending.hidden) { ending.hidden = false; shared.beforeEnd(); }
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
  if (until) { tick(); setInterval(tick, 1000); }

  // -- keys ----------------------------------------------------------------------------------------------------------------------
  const typing = (target) => target.closest?.("input:not([type=radio],[type=checkbox]),select,textarea,[contenteditable]");
  const letters = () => localStorage.getItem("letters") !== "off";
  let went = 0;
  const current = (id) => { for (const tab of all(".tabs a[href^='#t-']")) tab.getAttribute("href") === `#${id}` ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current"); };
  const nextTab = () => {
    const sheets = all("form.screen .sheet[data-sheet]");
    const line = innerHeight * 0.4, typedIn = document.activeElement?.closest(".sheet[data-sheet]");
    const here = typedIn ? sheets.indexOf(typedIn) : sheets.findLastIndex((sheet) => sheet.getBoundingClientRect().top < line);
    const next = sheets[(here + 1) % sheets.length];
    if (next) { next.scrollIntoView(); one("input:not([type=hidden]),select,textarea", next)?.focus({ preventScroll: true }); current(next.id); }
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || shared.keys.some((taken) => taken(event))) return;
    if (event.altKey && event.code === "KeyS") { const button = one("[data-save]"); if (button) { event.preventDefault(); button.click(); } }
    else if (event.altKey && event.code === "KeyN") { event.preventDefault(); nextTab(); }
    else if (event.altKey || event.ctrlKey || event.metaKey || typing(event.target) || !letters()) return;
    else if (event.key === "/") { event.preventDefault(); one("#find")?.focus(); }
    else if (event.key === "?") { event.preventDefault(); one("#keys")?.showModal(); }
    else if (event.code === "KeyG") went = Date.now();
    else if (Date.now() - went < 1500) { const to = one(`[data-go="${{ KeyH: "h", KeyL: "l" }[event.code]}"]`); went = 0; if (to) to.click(); }
  });
  const off = one("[data-keys-off]");
  if (off) { off.checked = !letters(); off.addEventListener("change", () => localStorage.setItem("letters", off.checked ? "off" : "on")); }

  // -- what is clicked -------------------------------------------------------------------------------------------------------------
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
  });
  for (const link of all("a[data-back]")) link.addEventListener("click", (event) => { if (history.length > 1) { event.preventDefault(); history.back(); } });

  // -- choosing several rows ------------------------------------------------------------------------------------------------------
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-go-on]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-all]")) for (const box of all(`input[name="${event.target.dataset.all}"]`)) box.checked = event.target.checked;
    const table = event.target.closest("[data-picked]");
    if (!table) return;
    const boxes = all("tbody input[type=checkbox]", table), picked = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr").classList.toggle("is-on", box.checked);
    for (const place of all("[data-count]")) place.textContent = picked.length;
    for (const place of all("[data-names]")) place.textContent = picked.map((box) => box.dataset.who).join(", ");
  });

  one("[autofocus]")?.focus();
  return shared;
})();
