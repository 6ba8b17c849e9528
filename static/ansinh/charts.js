// Draws a line chart from the table beside it, so that the figures exist once and are readable without a chart.
//
// <figure data-chart> holds a hidden <div class="plot"><canvas></canvas></div> and a <table>: each row with data-month
// (YYYY-MM) is a point; each cell with data-series (the line's name) and data-value (a fraction of 1) belongs to a line.
// data-colour on the cell names a token of the stylesheet. A cell with data-low and data-high is a forecast: it goes on
// from the first line, with the band in which it may lie. Months without a row keep their place on the axis.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const DASHES = [[], [7, 4], [2, 3]];
const percentOf = (text) => (text === "" ? null : Number(text) * 100);

const months = (key) => { const [year, month] = key.split("-").map(Number); return year * 12 + month - 1; };
const label = (count) => `${String((count % 12) + 1).padStart(2, "0")}/${Math.floor(count / 12)}`;

function read(table) {
  const rows = [...table.querySelectorAll("tr[data-month]")];
  const places = rows.map((row) => months(row.dataset.month));
  const first = Math.min(...places);
  const size = Math.max(...places) - first + 1;
  const lines = new Map();
  const ahead = { expected: Array(size).fill(null), low: Array(size).fill(null), high: Array(size).fill(null), name: "" };
  rows.forEach((row, index) => {
    const place = places[index] - first;
    for (const cell of row.querySelectorAll("[data-series]")) {
      const { series, colour, value, low, high } = cell.dataset;
      if (low !== undefined) {
        ahead.name = series;
        [ahead.expected[place], ahead.low[place], ahead.high[place]] = [value, low, high].map(percentOf);
        continue;
      }
      if (!lines.has(series)) lines.set(series, { label: series, colour, values: Array(size).fill(null) });
      lines.get(series).values[place] = percentOf(value);
    }
  });
  return { labels: Array.from({ length: size }, (_, place) => label(first + place)), lines: [...lines.values()], ahead };
}

function dataset(line, index) {
  return {
    label: line.label,
    data: line.values,
    spanGaps: true,
    borderColor: token(line.colour),
    backgroundColor: token(line.colour),
    borderDash: DASHES[index % DASHES.length],
    borderWidth: index === 0 ? 3 : 2,
    pointRadius: index === 0 ? 3 : 0,
    pointHitRadius: 12,
    tension: 0.2,
  };
}

// The forecast hangs on the last known point of the first line; its band is filled between the two ends.
function forecast({ lines, ahead }) {
  if (!ahead.name) return [];
  const known = lines[0].values.findLastIndex((value) => value !== null);
  const from = (values) => values.map((value, place) => (place === known ? lines[0].values[known] : value));
  const colour = token(lines[0].colour);
  const edge = { spanGaps: true, borderWidth: 0, pointRadius: 0, pointHitRadius: 0, backgroundColor: `${colour}2b`, edge: true };
  return [
    { label: ahead.name, data: from(ahead.expected), spanGaps: true, borderColor: colour, backgroundColor: colour, borderDash: [2, 5],
      borderWidth: 3, pointRadius: 0, pointHitRadius: 12, after: known },
    { ...edge, data: from(ahead.low) },
    { ...edge, data: from(ahead.high), fill: "-1" },
  ];
}

function draw(figure) {
  const found = read(figure.querySelector("table"));
  const percent = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  figure.querySelector(".plot").hidden = false;
  return new Chart(figure.querySelector("canvas"), {
    type: "line",
    data: { labels: found.labels, datasets: [...found.lines.map(dataset), ...forecast(found)] },
    options: {
      animation: still ? false : { duration: 250 },
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      font: { family: token("font") },
      scales: {
        x: { grid: { display: false }, ticks: { color: token("ink-2"), font: { family: token("font"), size: 13 }, maxRotation: 0, autoSkipPadding: 12 }, border: { color: token("edge") } },
        y: { beginAtZero: true, suggestedMax: 50, border: { display: false }, grid: { color: token("line") },
          ticks: { color: token("ink-2"), font: { family: token("font"), size: 13 }, maxTicksLimit: 6, callback: (value) => `${value}%` } },
      },
      plugins: {
        legend: { position: "bottom", align: "start", labels: { filter: (item, data) => !data.datasets[item.datasetIndex].edge, color: token("ink"), boxWidth: 26, boxHeight: 0, font: { family: token("font"), size: 13 } } },
        tooltip: { filter: (item) => !item.dataset.edge && item.dataIndex > (item.dataset.after ?? -1), callbacks: { label: (item) => ` ${item.dataset.label}: ${percent.format(item.parsed.y)}%` } },
      },
    },
  });
}

let charts = [];
function drawAll() {
  charts.forEach((chart) => chart.destroy());
  charts = [...document.querySelectorAll("figure[data-chart]")].map(draw);
}

await document.fonts.ready;
drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
