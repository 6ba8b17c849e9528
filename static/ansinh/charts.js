// Draws a line chart from the table beside it, so that the figures exist once and are readable without a chart.
//
// <figure data-chart> holds a hidden <div class="plot"><canvas></canvas></div> and a <table>: each row of tbody is a point
// labelled by its th; each cell with data-series (the line's name) and data-value (a fraction of 1) belongs to a line.
// data-colour on the cell names a token of the stylesheet.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const DASHES = [[], [7, 4], [2, 3]];

function read(table) {
  const rows = [...table.tBodies[0].rows];
  const lines = new Map();
  for (const row of rows) {
    for (const cell of row.querySelectorAll("[data-series]")) {
      const line = lines.get(cell.dataset.series) ?? { label: cell.dataset.series, colour: cell.dataset.colour, values: [] };
      line.values.push(cell.dataset.value === "" ? null : Number(cell.dataset.value) * 100);
      lines.set(line.label, line);
    }
  }
  return { labels: rows.map((row) => row.cells[0].textContent.trim()), lines: [...lines.values()] };
}

function draw(figure) {
  const { labels, lines } = read(figure.querySelector("table"));
  const percent = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  figure.querySelector(".plot").hidden = false;
  return new Chart(figure.querySelector("canvas"), {
    type: "line",
    data: {
      labels,
      datasets: lines.map((line, index) => ({
        label: line.label,
        data: line.values,
        borderColor: token(line.colour),
        backgroundColor: token(line.colour),
        borderDash: DASHES[index % DASHES.length],
        borderWidth: index === 0 ? 3 : 2,
        pointRadius: index === 0 ? 3 : 0,
        pointHitRadius: 12,
        tension: 0.2,
      })),
    },
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
        legend: { position: "bottom", align: "start", labels: { color: token("ink"), boxWidth: 26, boxHeight: 0, font: { family: token("font"), size: 13 } } },
        tooltip: { callbacks: { label: (item) => ` ${item.dataset.label}: ${percent.format(item.parsed.y)}%` } },
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
