// The report as a page: tables as printed, and the curves.
import * as Plot from "@observablehq/plot";
import {JSDOM} from "jsdom";

const {document} = new JSDOM("").window;

const escape = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const kCurves = [
  {series: "consumers", title: "What a packet costs over the number of consumers", x: "consumers", log: true,
    lines: {"us of CPU per forwarded packet": (r) => r.cpu_us_per_packet.median}},
  {series: "workers", title: "One call of 800 on one worker and on two", x: "workers",
    lines: {"us of CPU per forwarded packet": (r) => r.cpu_us_per_packet.median}},
  {series: "load", title: "The delay that is added over the load", x: "subscribers of 1.5 Mbps",
    lines: {"p50, us": (r) => r.delay_p50_us.median, "p99, us": (r) => r.delay_p99_us.median}},
];

function curve({series, title, x, log, lines}, results) {
  const points = results.filter((result) => result.series === series).flatMap((result) =>
    Object.entries(lines).map(([line, of]) => ({x: result.x, y: of(result.servers.parlance.figures), line})))
    .filter(({y}) => Number.isFinite(y)).sort((a, b) => a.x - b.x);
  if (points.length === 0) return "";
  const plot = Plot.plot({
    document, width: 720, height: 360, marginLeft: 60, grid: true,
    x: {label: x, type: log ? "log" : "linear"}, y: {label: Object.keys(lines).join(", "), zero: true},
    color: {legend: Object.keys(lines).length > 1},
    marks: [Plot.line(points, {x: "x", y: "y", stroke: "line", z: "line", marker: "circle"})],
  });
  return `<h2>${title}</h2>${plot.outerHTML}`;
}

// What a forwarded packet costs on each server, for the work that all of them did.
function bars(results) {
  const compared = results.filter((result) => Object.keys(result.servers).length > 1);
  const points = compared.flatMap((result) => Object.entries(result.servers).map(([server, {figures}]) =>
    ({work: result.work, server, y: figures.cpu_us_per_packet.median}))).filter(({y}) => Number.isFinite(y));
  if (points.length === 0) return "";
  const plot = Plot.plot({
    document, width: 720, height: 360, marginLeft: 60, grid: true,
    x: {label: null, axis: null}, fx: {label: null}, y: {label: "us of CPU per forwarded packet"}, color: {legend: true},
    marks: [Plot.barY(points, {fx: "work", x: "server", y: "y", fill: "server"}), Plot.ruleY([0])],
  });
  return `<h2>Beside other servers</h2>${plot.outerHTML}`;
}

function table(result) {
  const names = Object.keys(result.servers);
  const figures = Object.keys(result.servers[names[0]].figures);
  const cell = ({median, spread}) =>
    Number.isFinite(median) ? `${median.toPrecision(4)} ±${(spread * 100).toFixed(0)} %` : "no valid run";
  const ratio = (name, figure) => name === "parlance" ? "" : ` (ours is ${result.ratios[name]?.[figure].median.toFixed(2)} of it)`;
  const rows = figures.map((figure) => `<tr><td>${figure}</td>${names.map((name) =>
    `<td>${cell(result.servers[name].figures[figure])}${ratio(name, figure)}</td>`).join("")}</tr>`);
  const voids = names.flatMap((name) => result.servers[name].faults.map((fault) => `<li>void, ${name}: ${escape(fault)}</li>`));
  const floor = result.floor ? `<p>Floor: ${result.floor.trains.us_per_packet.toFixed(2)} us a packet.</p>` : "";
  return `<h3>${result.work}</h3><table><tr><th></th>${names.map((name) => `<th>${name}</th>`).join("")}</tr>${rows.join("")}</table>` +
    `${floor}<ul>${voids.join("")}</ul>`;
}

export function page({machine, results}) {
  return `<!doctype html><meta charset="utf-8"><title>Parlance: benchmarks</title>
<style>body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}td,th{padding:.1rem 1rem .1rem 0;text-align:left}
table{border-collapse:collapse}tr+tr{border-top:1px solid #ddd}</style>
<h1>Benchmarks</h1><dl>${Object.entries(machine).map(([key, value]) => `<dt>${key}<dd>${escape(value)}`).join("")}</dl>
${bars(results)}
${kCurves.map((each) => curve(each, results)).join("\n")}
<h2>All work</h2>${results.map(table).join("\n")}`;
}
