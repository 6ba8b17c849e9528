// A second click on a form that is already on its way does nothing. The server refuses repeats by itself:
// this only spares the officer the refusal. A page shown again from the browser's memory is usable again.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-disabled", "true"));
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// Who signs out (and so comes to the page to sign in with nowhere to go on to) leaves nothing in this browser, in whichever
// tab, of what was typed into a new grant (entry.js). A session that ended by itself leads on to where one was: it is kept.
const forget = () => Object.keys(sessionStorage).filter((key) => key.startsWith("entry ")).forEach((key) => sessionStorage.removeItem(key));
const signedOut = new BroadcastChannel("signed out");
signedOut.addEventListener("message", () => {
  document.body.dataset.signedOut = "";
  forget();
  if (document.getElementById("entry")) location.reload();
});
if (document.querySelector("[data-forget]")) {
  forget();
  signedOut.postMessage("");
}

// A question whose answer was refused is asked again with what was written.
document.querySelector("[popover][data-open]")?.showPopover?.();
