// Reads a QR code, such as the one of a citizen card, with the camera into a text field, where the browser has its own
// reader of codes (BarcodeDetector: Chrome on Android and macOS). Elsewhere the button stays hidden, and the field takes
// what is typed or what a hand scanner types. Pictures stay in this page. Markup: templates/partials/scan.html.
const EVERY = 150;

export async function canScan() {
  if (!navigator.mediaDevices?.getUserMedia || !("BarcodeDetector" in window)) return false;
  return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

// The text of the first code that the camera sees; null when `signal` ends the look.
export async function scan(video, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  try {
    video.srcObject = stream;
    await video.play();
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    while (!signal.aborted) {
      const [code] = video.readyState >= video.HAVE_CURRENT_DATA ? await detector.detect(video) : [];
      if (code?.rawValue && !signal.aborted) return code.rawValue.normalize("NFC").trim();
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
    return null;
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}

function fill(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
}

function attach(button) {
  const dialog = document.getElementById(button.getAttribute("aria-controls"));
  const [video, trouble] = [dialog.querySelector("video"), dialog.querySelector("[role=alert]")];
  let look;
  button.hidden = false;
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => look.abort());
  document.addEventListener("visibilitychange", () => { if (document.hidden && dialog.open) dialog.close(); });
  button.addEventListener("click", async () => {
    const mine = look = new AbortController();
    trouble.hidden = true;
    dialog.showModal();
    try {
      const text = await scan(video, mine.signal);
      if (text === null) return;
      dialog.close();
      fill(document.getElementById(button.dataset.scan), text);
    } catch {
      trouble.hidden = mine.signal.aborted;
    }
  });
}

canScan().then((can) => { if (can) document.querySelectorAll("button[data-scan]").forEach(attach); }).catch(() => {});
