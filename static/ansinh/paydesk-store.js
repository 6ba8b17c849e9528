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

  // Chooses the code for the day. Whatever an earlier code sealed is only replaced where no mark waits.
  async create(code) {
    const meta = { day: this.day, salt: crypto.getRandomValues(new Uint8Array(16)), device: crypto.randomUUID() };
    await this.#derive(code, meta.salt);
    meta.proof = await this.seal("ready");
    await this.#put("days", meta);
    this.device = meta.device;
  }

  // Whether the code is the one chosen.
  async unlock(code) {
    const meta = await this.meta();
    await this.#derive(code, meta.salt);
    try { await this.open(meta.proof); } catch { this.key = null; return false; }
    this.device = meta.device;
    return true;
  }

  async #derive(code, salt) {
    const base = await crypto.subtle.importKey("raw", text.encode(code), "PBKDF2", false, ["deriveKey"]);
    this.key = await crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, base,
      { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  async seal(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, text.encode(JSON.stringify(value))) };
  }

  async open({ iv, data }) {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.key, data)));
  }

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
    const rows = await done(this.db.transaction("marks").objectStore("marks").index("day").getAll(this.day));
    const marks = await Promise.all(rows.map(async (row) => ({ ...(await this.open(row)), answer: row.answer })));
    return marks.sort((a, b) => (a.marked_at < b.marked_at ? -1 : 1));
  }

  // A list that was fetched on another day leaves the device; marks that were never sent stay until they are.
  async forgetOld(today) {
    const days = await done(this.db.transaction("days").objectStore("days").getAll());
    for (const meta of days.filter((row) => row.keptOn && row.keptOn !== today)) {
      const rows = await done(this.db.transaction("marks").objectStore("marks").index("day").getAll(meta.day));
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
