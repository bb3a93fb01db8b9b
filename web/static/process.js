// The picture of a process with the place a case stands at. The same is told as a list under the picture, so nothing is lost without script.
"use strict";
(async () => {
  const place = document.getElementById("bpmn");
  if (!place || !window.BpmnJS) return;
  const answer = await fetch(place.dataset.source, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) { place.hidden = true; return; }
  const { xml, done, now } = await answer.json();
  const viewer = new window.BpmnJS({ container: place });
  try { await viewer.importXML(xml); } catch { place.hidden = true; return; }
  const canvas = viewer.get("canvas"), overlays = viewer.get("overlays"), registry = viewer.get("elementRegistry");
  const badge = (text, kind) => { const mark = document.createElement("div"); mark.className = kind; mark.textContent = text; return mark; };
  const known = (id) => registry.get(id) && !registry.get(id).waypoints;
  for (const id of done.filter(known)) { canvas.addMarker(id, "is-done"); overlays.add(id, { position: { top: -10, left: -10 }, html: badge(place.dataset.done, "mark") }); }
  for (const id of now.filter(known)) { canvas.addMarker(id, "is-now"); overlays.add(id, { position: { top: -12, right: 30 }, html: badge(place.dataset.now, "mark mark-now") }); }
  canvas.zoom("fit-viewport", "auto");
})();
