// What the pay desk keeps on the device. Everything about people is encrypted with a key that comes from the clerk's
// code for the day (PBKDF2, AES-GCM) and lives in memory only; without the code what lies on the disk says nothing.
const ROUNDS = 310_000;
const text = new TextEncoder();

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const committed = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = resolve;
  transaction.onabort = transaction.onerror = () => reject(transaction.error);
});

async function derive(code, salt) {
  const base = await crypto.subtle.importKey("raw", text.encode(code), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, base,
    { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function unseal({ iv, data }, key) {
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data)));
}

// The key that the code makes with a day's salt; null where it is not that day's code.
async function keyOf(code, meta) {
  const key = await derive(code, meta.salt);
  return unseal(meta.proof, key).then(() => key, () => null);
}

async function open() {
  const request = indexedDB.open("paydesk", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("days", { keyPath: "day" });
    request.result.createObjectStore("marks", { keyPath: "id" }).createIndex("day", "day");
  };
  return done(request);
}

export class Store {
  static async for(day) {
    const store = new Store();
    store.day = day;
    store.db = await open();
    navigator.storage?.persist?.();
    return store;
  }

  async meta() { return done(this.db.transaction("days").objectStore("days").get(this.day)); }

  // Chooses the code for the day.
  async create(code) {
    const meta = { day: this.day, salt: crypto.getRandomValues(new Uint8Array(16)), device: crypto.randomUUID() };
    this.key = await derive(code, meta.salt);
    meta.proof = await this.seal("ready");
    await this.#put("days", meta);
    this.device = meta.device;
  }

  // Whether the code is the one chosen.
  async unlock(code) {
    const meta = await this.meta();
    this.key = await keyOf(code, meta);
    this.device = meta.device;
    return Boolean(this.key);
  }

  // How many marks of the day were never sent. That much can be read without a code.
  async waiting() { return (await this.#rows(this.day)).filter((row) => !row.answer).length; }

  // The code is forgotten: its list leaves the device. Marks that were sent are at the server; those that were not stay
  // aside, sealed, until somebody knows their code again.
  async setAside() {
    const [meta, rows] = [await this.meta(), await this.#rows(this.day)];
    const kept = rows.filter((row) => !row.answer);
    const aside = `${this.day}@${Date.now()}`;
    const transaction = this.db.transaction(["days", "marks"], "readwrite", { durability: "strict" });
    transaction.objectStore("days").delete(this.day);
    if (kept.length) transaction.objectStore("days").put({ ...meta, day: aside, list: undefined });
    rows.filter((row) => row.answer).forEach((row) => transaction.objectStore("marks").delete(row.id));
    kept.forEach((row) => transaction.objectStore("marks").put({ ...row, day: aside }));
    await committed(transaction);
  }

  // How many marks lie aside under forgotten codes.
  async aside() { return (await Promise.all((await this.#metasAside()).map((meta) => this.#rows(meta.day)))).flat().length; }

  // Brings back what lies aside under this code, sealed with today's; how many marks. They are sent under the numbers
  // that they were given when they were made.
  async recover(code) {
    for (const meta of await this.#metasAside()) {
      const key = await keyOf(code, meta);
      if (!key) continue;
      const rows = await this.#rows(meta.day);
      const sealed = await Promise.all(rows.map(async (row) => (
        { id: row.id, day: this.day, answer: "", ...(await this.seal(await unseal(row, key))) })));
      const transaction = this.db.transaction(["days", "marks"], "readwrite", { durability: "strict" });
      transaction.objectStore("days").delete(meta.day);
      sealed.forEach((row) => transaction.objectStore("marks").put(row));
      await committed(transaction);
      return rows.length;
    }
    return 0;
  }

  async #metasAside() {
    const days = await done(this.db.transaction("days").objectStore("days").getAll());
    return days.filter((meta) => String(meta.day).startsWith(`${this.day}@`));
  }

  async #rows(day) { return done(this.db.transaction("marks").objectStore("marks").index("day").getAll(day)); }

  async seal(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, text.encode(JSON.stringify(value))) };
  }

  async open(sealed) { return unseal(sealed, this.key); }

  async #put(name, row) {
    const transaction = this.db.transaction(name, "readwrite", { durability: "strict" });
    transaction.objectStore(name).put(row);
    await committed(transaction);
  }

  async keepList(list, on) { await this.#put("days", { ...(await this.meta()), keptOn: on, list: await this.seal(list) }); }

  async list() {
    const { list } = await this.meta();
    return list ? this.open(list) : null;
  }

  // On the disk before it is shown as done.
  async keepMark(mark, answer = "") {
    await this.#put("marks", { id: mark.id, day: this.day, answer, ...(await this.seal(mark)) });
  }

  async marks() {
    const marks = await Promise.all((await this.#rows(this.day)).map(async (row) => ({ ...(await this.open(row)), answer: row.answer })));
    return marks.sort((a, b) => (a.marked_at < b.marked_at ? -1 : 1));
  }

  // A list that was fetched on another day leaves the device; marks that were never sent stay until they are.
  async forgetOld(today) {
    const days = await done(this.db.transaction("days").objectStore("days").getAll());
    for (const meta of days.filter((row) => row.keptOn && row.keptOn !== today)) {
      const rows = await this.#rows(meta.day);
      const transaction = this.db.transaction(["days", "marks"], "readwrite");
      if (rows.some((row) => !row.answer)) transaction.objectStore("days").put({ ...meta, list: undefined });
      else {
        transaction.objectStore("days").delete(meta.day);
        rows.forEach((row) => transaction.objectStore("marks").delete(row.id));
      }
      await committed(transaction);
    }
  }
}
