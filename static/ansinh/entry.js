// The form of a new grant without a mouse: Enter goes on, a scanned code fills the fields, what is typed is kept on the
// server as it is typed, and in this tab (until it closes) while there is no connection. Without this script the form
// is an ordinary one. Texts come from the page, in the reader's language.
const form = document.getElementById("entry");
const said = document.getElementById("saved");
const kept = `entry ${form.dataset.key}`;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().trim();
const field = (name) => form.elements[name];
class SignedOut extends Error {}
// A session that has ended is answered by the page to sign in.
const isSignedOut = (answer) => answer.redirected || !(answer.headers.get("Content-Type") ?? "").includes("json");
const token = () => form.elements.csrfmiddlewaretoken.value;

// Enter goes on

const visible = (input) => input.offsetParent !== null && !input.disabled && input.type !== "hidden" && !input.closest("details:not([open])");
function stops() {
  const inputs = [...form.elements].filter((input) => /^(INPUT|SELECT|BUTTON|TEXTAREA)$/.test(input.tagName));
  return inputs.filter((input) => visible(input) && !input.closest("dialog") && !input.hasAttribute("data-elsewhere")
    && (input.type !== "radio" || input.checked) && (input.tagName !== "BUTTON" || input.id === "send"));
}

function goOn(from, onlyEmpty) {
  const all = stops();
  const after = all.slice(all.indexOf(from) + 1);
  const next = (onlyEmpty && after.find((input) => input.type !== "radio" && !input.dataset.scanInto && !input.value
    && !["phone", "hamlet"].includes(input.name))) || after[0];
  next?.focus();
  if (next?.select && next.tagName === "INPUT") next.select();
}

form.addEventListener("keydown", (event) => {
  const input = event.target;
  if (event.key !== "Enter" || event.isComposing || input.tagName === "BUTTON" || input.tagName === "SUMMARY") return;
  event.preventDefault();
  if (input.dataset.scanInto) read(input).then((filled) => { if (filled) goOn(input, true); else if (!input.value) goOn(input); });
  else goOn(input);
});

// Scanned codes

async function read(input) {
  const text = input.value.trim();
  const complaint = document.getElementById(input.dataset.scanInto === "card" ? "scan-said" : "vietqr-said");
  complaint.hidden = true;
  if (!text) return false;
  let answer;
  try {
    answer = await fetch(form.dataset.scanUrl, { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams({ text }) });
  } catch {
    keep();
    return false;
  }
  if (isSignedOut(answer)) {
    keep();
    complaint.textContent = form.dataset.wordSignedOut;
    complaint.hidden = false;
    return false;
  }
  const found = await answer.json();
  if (found.error) {
    complaint.textContent = found.error;
    complaint.hidden = false;
    input.select();
    return false;
  }
  for (const [name, value] of Object.entries(found.fields)) put(name, value);
  input.value = "";
  changed();
  return true;
}

function put(name, value) {
  const target = field(name);
  if (!target || value === "") return;
  if (target instanceof RadioNodeList) {
    for (const radio of target) radio.checked = radio.value === value;
    switches();
  } else {
    target.value = value;
    target.dispatchEvent(new Event("filled"));
  }
}

// The camera fills a scan field and says so by a change.
form.addEventListener("change", (event) => {
  if (event.target.dataset.scanInto && event.target.value && !event.isTrusted) read(event.target).then((filled) => filled && goOn(event.target, true));
});

// What belongs to the paper and to the way of being paid

function switches() {
  form.classList.toggle("applies", form.querySelector("[name=path]:checked")?.value === "application");
  form.classList.toggle("cash", form.querySelector("[name=channel]:checked")?.value !== "bank");
}

// The category by a few words

function combobox(select) {
  const input = document.createElement("input"), list = document.createElement("ul");
  const options = [...select.options].filter((option) => option.value).map((option) => ({ value: option.value, text: option.text, folded: fold(option.text) }));
  Object.assign(input, { id: `${select.id}_words`, type: "text", autocomplete: "off" });
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", `${select.id}_list`], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);
  const hint = select.getAttribute("aria-describedby");
  if (hint) input.setAttribute("aria-describedby", hint);
  Object.assign(list, { id: `${select.id}_list`, className: "options", hidden: true });
  list.setAttribute("role", "listbox");
  const label = form.querySelector(`label[for="${select.id}"]`);
  label.htmlFor = input.id;
  list.setAttribute("aria-label", label.textContent);
  select.hidden = true;
  select.after(input, list);
  let shown = [], at = 0;
  const show = () => { input.value = select.selectedOptions[0]?.value ? select.selectedOptions[0].text : ""; };
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = () => [...list.children].forEach((item, index) => {
    item.setAttribute("aria-selected", String(index === at));
    if (index === at) { input.setAttribute("aria-activedescendant", item.id); item.scrollIntoView({ block: "nearest" }); }
  });
  const choose = (option) => { select.value = option ? option.value : ""; show(); close(); select.dispatchEvent(new Event("change", { bubbles: true })); };
  input.addEventListener("input", () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const phrase = words.join(" "), fits = options.filter((option) => words.every((word) => option.folded.includes(word)));
    // Words that stand together come before words that only occur.
    shown = [...fits.filter((option) => option.folded.includes(phrase)), ...fits.filter((option) => !option.folded.includes(phrase))].slice(0, 12);
    list.replaceChildren(...shown.map((option, index) => {
      const item = document.createElement("li");
      Object.assign(item, { id: `${list.id}_${index}`, textContent: option.text });
      item.setAttribute("role", "option");
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
      return item;
    }));
    at = 0;
    list.hidden = !shown.length || !words.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (list.hidden) { if (!words.length) { select.value = ""; } } else mark();
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); at = (at + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length; mark(); }
    if (event.key === "Enter" || event.key === "Tab") choose(shown[at]);
    if (event.key === "Escape") { close(); show(); }
  });
  input.addEventListener("blur", () => { close(); show(); });
  select.addEventListener("filled", show);
  show();
}

// Kept as it is typed

let timer, sending = false, again = false;
const values = () => [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "scan", "vietqr"].includes(name));

function keep() {
  if ("signedOut" in document.body.dataset) return; // in another tab (once.js): this page is on its way out
  try { sessionStorage.setItem(kept, JSON.stringify(values())); } catch { /* a full store: the server has the last state */ }
}

function changed() {
  keep();
  clearTimeout(timer);
  timer = setTimeout(send, 700);
}

async function send() {
  if (sending) { again = true; return; }
  sending = true;
  const sent = JSON.stringify(values());
  try {
    const answer = await fetch(form.dataset.save, { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams(JSON.parse(sent)) });
    if (isSignedOut(answer)) throw new SignedOut();
    const found = await answer.json();
    if (found.error) said.textContent = found.error;
    else {
      field("version").value = found.version;
      said.textContent = form.dataset.wordSaved.replace("{at}", found.at);
      if (JSON.stringify(values().filter(([name]) => name !== "version")) === JSON.stringify(JSON.parse(sent).filter(([name]) => name !== "version"))) sessionStorage.removeItem(kept);
    }
    document.body.dispatchEvent(new Event("entry-check"));
  } catch (error) {
    keep();
    said.textContent = error instanceof SignedOut ? form.dataset.wordSignedOut : form.dataset.wordKept;
    clearTimeout(timer);
    timer = setTimeout(send, 5000);
  } finally {
    sending = false;
    if (again) { again = false; send(); }
  }
}

function restore() {
  const found = sessionStorage.getItem(kept);
  if (!found) return;
  for (const [name, value] of JSON.parse(found)) if (name !== "version") put(name, value);
  said.textContent = form.dataset.wordRestored;
  changed();
}

form.addEventListener("input", (event) => { if (!event.target.hasAttribute("data-elsewhere") && event.target.role !== "combobox" && !event.target.dataset.scanInto) changed(); });
form.addEventListener("change", (event) => { if (!event.target.dataset.scanInto) { switches(); changed(); } });
form.addEventListener("submit", () => { clearTimeout(timer); sessionStorage.removeItem(kept); });
window.addEventListener("online", send);
document.getElementById("keep").addEventListener("click", send);

combobox(field("category"));
if (field("provider")) combobox(field("provider"));
restore();
switches();
(form.querySelector("[aria-invalid=true]") ?? field("scan") ?? document.getElementById("id_category_words")).focus();
