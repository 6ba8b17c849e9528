// On a phone a long page shows its lesser sections by their titles; at the desk, on paper and without script all are open.
//
// <details open data-fold>: closed where the screen is narrow, unless the address leads into it.
const folds = [...document.querySelectorAll("details[data-fold]")];
const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));

if (matchMedia("(max-width: 47.99em)").matches) {
  for (const fold of folds) fold.open = fold.contains(wanted);
}
window.addEventListener("beforeprint", () => folds.forEach((fold) => { fold.open = true; }));
