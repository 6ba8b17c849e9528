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

// A question whose answer was refused is asked again with what was written.
document.querySelector("[popover][data-open]")?.showPopover?.();
