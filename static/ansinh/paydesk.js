// The pay desk. Marks are kept on the device first and sent when there is a network, each under its own number, so
// sending twice changes nothing. Texts come from the page's templates, in the reader's language.
import { Store } from "./paydesk-store.js";

const desk = document.getElementById("desk");
const part = (name) => desk.querySelector(`[data-part=${name}]`);
const day = Number(desk.dataset.day);
const word = (name, values = {}) => Object.entries(values).reduce(
  (said, [key, value]) => said.replaceAll(`{${key}}`, value), desk.querySelector(`[data-word=${name}]`).textContent);
const number = new Intl.NumberFormat(document.documentElement.lang).format;
const vnd = (n) => `${number(n).replace("-", "−")}\u00a0₫`;
const fold = (said) => said.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().trim().replace(/\s+/g, " ");
const today = () => new Date().toLocaleDateString("sv");

let store, list, marks = [], sending = false, trouble = "";

async function start() {
  store = await Store.for(day);
  await store.forgetOld(today());
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(desk.dataset.worker).then(() => navigator.serviceWorker.ready).then(keepPage).catch(() => {});
  }
  const known = await store.meta();
  part("code-new").hidden = Boolean(known);
  part("code").hidden = !known;
  part("code-new").querySelector("form").addEventListener("submit", choose);
  part("code").querySelector("form").addEventListener("submit", enter);
  part("reset").addEventListener("click", reset);
  part("aside").querySelector("form").addEventListener("submit", recover);
  if (known) await sayWhatWaits();
  part("find").addEventListener("input", show);
  part("send").addEventListener("click", send);
  window.addEventListener("online", send);
  window.addEventListener("offline", tell);
  setInterval(() => { if (store.key) send(); }, 30_000);
}

// The first visit was not under the worker's eyes: have it keep the page and its parts by asking for them again.
async function keepPage() {
  const kept = await caches.open("paydesk-2");
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name)
    .filter((name) => new URL(name).origin === location.origin && new URL(name).pathname.startsWith("/static/"));
  await Promise.allSettled([...new Set([location.href.split("#")[0], ...parts])].map(async (url) => {
    const answer = await fetch(url);
    if (answer.ok && !answer.redirected) await kept.put(url, answer);
  }));
  desk.dataset.kept = "yes";
}

async function choose(event) {
  event.preventDefault();
  const form = event.target;
  if (form.code.value !== form.again.value) { part("fault").textContent = word("codes-differ"); return; }
  await store.create(form.code.value);
  await begin();
}

async function enter(event) {
  event.preventDefault();
  if (!(await store.unlock(event.target.code.value))) { part("fault").textContent = word("wrong-code"); return; }
  await begin();
}

async function sayWhatWaits() {
  const waiting = await store.waiting();
  part("forgot-none").hidden = waiting > 0;
  part("forgot-some").hidden = waiting === 0;
  part("forgot-count").textContent = word("locked", { n: waiting });
}

// The code is forgotten. Without a network no other list could come, so the old one stays until there is one.
async function reset() {
  try {
    const answer = await fetch(desk.dataset.list, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
  } catch {
    part("fault").textContent = word("reset-offline");
    return;
  }
  await store.setAside();
  part("fault").textContent = "";
  part("code").hidden = true;
  part("code-new").hidden = false;
  part("code-new").querySelector("input").focus();
}

async function recover(event) {
  event.preventDefault();
  const form = event.target;
  const found = await store.recover(form.code.value);
  part("aside-fault").textContent = found ? "" : word("wrong-earlier");
  form.code.value = "";
  marks = await store.marks();
  await sayAside();
  await send();
}

async function sayAside() {
  const locked = await store.aside();
  part("aside").hidden = !locked;
  part("aside-count").textContent = word("locked", { n: locked });
}

async function begin() {
  part("fault").textContent = "";
  [list, marks] = [await store.list(), await store.marks()];
  await sayAside();
  part("code-new").hidden = part("code").hidden = true;
  part("open").hidden = false;
  show();
  await send();
}

async function send() {
  if (sending || !store.key) return;
  sending = true;
  try {
    const answer = await fetch(desk.dataset.list, { headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 403) { trouble = word("sign-in"); return; }
    if (!answer.ok) throw new Error(answer.status);
    list = await answer.json();
    const waiting = marks.filter((mark) => !mark.answer);
    for (let at = 0; at < waiting.length; at += 100) await sendPart(waiting.slice(at, at + 100));
    if (waiting.length) list = await (await fetch(desk.dataset.list)).json();
    const { csrf, ...kept } = list;
    await store.keepList(kept, today());
    trouble = "";
  } catch {
    trouble = navigator.onLine ? word("no-answer") : "";
  } finally {
    sending = false;
    show();
  }
}

async function sendPart(waiting) {
  const body = JSON.stringify({ marks: waiting.map(({ answer, why, ...mark }) => mark) });
  const answer = await fetch(desk.dataset.marks, {
    method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": list.csrf },
  });
  if (!answer.ok) throw new Error(answer.status);
  for (const said of (await answer.json()).answers) {
    const mark = waiting.find((one) => one.id === said.id);
    mark.answer = said.state;
    mark.why = said.why;
    await store.keepMark({ ...mark, answer: undefined }, said.state);
  }
}

// The state of a row: the server's, and on top of it what this device still has to send.
function stateOf(row) {
  const own = marks.filter((mark) => mark.payment === row.payment && !mark.answer);
  const paid = row.state === "paid" || row.paid || own.some((mark) => mark.kind === "paid");
  return paid ? "paid" : own.length ? own.at(-1).kind : row.state;
}

async function mark(row, facts) {
  const made = { id: crypto.randomUUID(), payment: row.payment, device: store.device, marked_at: new Date().toISOString(), ...facts };
  await store.keepMark(made);
  marks.push({ ...made, answer: "" });
  part("find").value = "";
  part("find").focus();
  show();
  send();
}

async function found() {
  const said = part("find").value.trim();
  if (!said || !list) return [];
  const card = /^(\d{9}|\d{12})(\||$)/.exec(said);
  if (card) {
    const scan = await hash(`${list.key}${card[1]}`);
    return list.rows.filter((row) => row.scan === scan || [...row.payees, ...(row.lapsed ?? [])].some((payee) => payee.scan === scan));
  }
  const words = fold(said).split(" ");
  return list.rows.filter((row) => words.every((one) => row.folded.includes(one))).slice(0, 8);
}

async function hash(said) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(said)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 32);
}

async function show() {
  tell();
  const rows = await found();
  part("found").replaceChildren(...rows.map(card));
  part("none").hidden = rows.length > 0 || !part("find").value.trim();
  if (!list) { part("sum").textContent = word("no-list"); return; }
  const paid = list.rows.filter((row) => stateOf(row) === "paid");
  const left = list.rows.filter((row) => stateOf(row) !== "paid");
  part("sum").textContent = word("sum", { paid: number(paid.length), all: number(list.rows.length) });
  part("bar").max = list.rows.length || 1;
  part("bar").value = paid.length;
  part("left").textContent = word("left", { people: number(left.length), amount: vnd(left.reduce((sum, row) => sum + row.amount, 0)) });
  const conflicts = list.rows.filter((row) => row.conflicts.length);
  const refused = marks.filter((one) => one.answer === "refused");
  part("conflicts").hidden = !conflicts.length && !refused.length;
  part("conflict-list").replaceChildren(
    ...conflicts.map((row) => item(`${row.name}: ${row.conflicts.join("; ")}`)),
    ...refused.map((one) => item(`${list.rows.find((row) => row.payment === one.payment)?.name ?? one.payment}: ${one.why ?? ""}`)));
}

function item(said) {
  const made = document.createElement("li");
  made.textContent = said;
  return made;
}

function tell() {
  const waiting = marks.filter((one) => !one.answer).length;
  const said = trouble || (navigator.onLine ? word("online") : word("offline"));
  part("net").textContent = waiting ? `${said} · ${word("waiting", { n: waiting })}` : said;
  part("net").className = `tag ${trouble || !navigator.onLine ? "cash" : waiting ? "" : "good"}`;
  part("sealed").hidden = !list?.sealed;
}

function card(row) {
  const made = document.getElementById("row").content.firstElementChild.cloneNode(true);
  const put = (name, said) => { made.querySelector(`[data-put=${name}]`).textContent = said; };
  put("name", `${row.number}. ${row.name} · ${row.birth.slice(-4)}`);
  put("who", [row.national_id, row.hamlet, row.scheme].filter(Boolean).join(" · "));
  put("amount", vnd(row.amount));
  put("parts", [row.regular && word("regular", { amount: vnd(row.regular) }), row.arrears && word("arrears", { amount: vnd(row.arrears) }),
    row.recovery && word("recovery", { amount: vnd(row.recovery) })].filter(Boolean).join(" · "));
  put("lapsed", (row.lapsed ?? []).map((payee) => word("has-lapsed", { name: payee.name, date: payee.since })).join(" "));
  made.querySelector("[data-put=lapsed]").hidden = !row.lapsed?.length;
  const state = stateOf(row);
  put("state", state === "paid" ? word("is-paid", { by: row.by }) : state === "not_paid" ? word("is-not-paid", { reason: row.reason ?? "" }) : "");
  const form = made.querySelector("form");
  made.querySelector("[data-put=stop]").hidden = !row.stop;
  form.hidden = state === "paid" || row.stop;
  form.receipt.value = row.receipt;
  for (const field of made.querySelectorAll("[id]")) {
    made.querySelector(`[for=${field.id}]`)?.setAttribute("for", `${field.id}-${row.payment}`);
    field.id = `${field.id}-${row.payment}`;
  }
  if (row.dead) form.payee.options[0].remove();
  for (const payee of row.payees) {
    form.payee.add(new Option([payee.role, payee.name, payee.national_id, payee.document].filter(Boolean).join(", "), payee.id));
  }
  const pay = form.querySelector("[data-do=paid]");
  pay.textContent = word("pay", { amount: vnd(row.amount) });
  pay.disabled = !form.payee.options.length;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    mark(row, { kind: "paid", receipt: form.receipt.value.trim(), payee: Number(form.payee.value) || null });
  });
  form.querySelector("[data-do=not_paid]").addEventListener("click", () => {
    mark(row, { kind: "not_paid", reason: form.reason.value, note: form.note.value.trim() });
  });
  return made;
}

start();
