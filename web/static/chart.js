// Draws the figures of a statistic with Chart.js. The table below holds the same figures for everybody else.
"use strict";
(() => {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--krds-light-color-${name}`).trim();
  const shades = ["graphic-blue-darker", "graphic-blue", "graphic-blue-subtle", "graphic-red-darker", "graphic-red", "divider-gray"].map((name) => token(name) || "#256ef4");
  const ink = token("text-basic") || "#1e2124", line = token("divider-gray-light") || "#cdd1d5";
  const Chart = window.Chart;
  if (!Chart) return;
  Object.assign(Chart.defaults, { animation: false, color: ink, borderColor: line });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 14;
  // Each bar carries its figure: nobody has to guess it from a colour or a scale.
  const figures = {
    id: "figures",
    afterDatasetsDraw(chart) {
      const context = chart.ctx;
      context.save();
      context.textAlign = "center";
      context.font = `600 13px ${Chart.defaults.font.family}`;
      chart.data.datasets.forEach((set, at) => chart.getDatasetMeta(at).data.forEach((part, place) => {
        const value = set.data[place];
        if (value === null || value === 0) return;
        const inside = chart.options.scales.y.stacked, tall = inside ? Math.abs(part.base - part.y) : 99;
        if (tall < 16) return;
        context.fillStyle = inside && ![2, 4, 5].includes(at % 6) ? "#fff" : ink;
        context.fillText(value.toLocaleString("ko-KR"), part.x, inside ? (part.y + part.base) / 2 + 5 : part.y - 6);
      }));
      context.restore();
    },
  };
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
    const told = JSON.parse(canvas.dataset.chart), stacked = told.kind === "stacked", lines = told.kind === "lines";
    const datasets = told.series.map((one, at) => ({
      label: one.name, data: one.values, backgroundColor: shades[at % shades.length], borderColor: lines ? shades[at % shades.length] : "#fff", borderWidth: lines ? 2 : 1,
      maxBarThickness: 88, pointStyle: ["circle", "triangle", "rect", "rectRot", "star", "cross"][at % 6], pointRadius: 5, borderDash: lines && at % 2 ? [6, 4] : [],
    }));
    new Chart(canvas, {
      type: lines ? "line" : "bar", data: { labels: told.labels, datasets }, plugins: [figures],
      options: {
        maintainAspectRatio: false, layout: { padding: { top: 20 } },
        plugins: { legend: { display: told.series.length > 1, position: "top", align: "end", labels: { usePointStyle: lines, boxWidth: 14 } } },
        scales: { x: { stacked, grid: { display: false } }, y: { stacked, beginAtZero: true, ticks: { precision: 0 }, title: { display: true, text: told.title } } },
      },
    });
    canvas.dataset.drawn = "yes";
  }
})();
