"use strict";
// Pictures stand in the page as text and are decoded when they come near the window, each as often as it is shown.
const show = (image) => {
  const source = document.getElementById("image-" + image.dataset.image);
  if (source && !image.src) image.src = `data:${source.type};base64,${source.textContent}`;
};
const pictures = [...document.querySelectorAll("img[data-image]")];
const near = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) { near.unobserve(entry.target); show(entry.target); }
}, { rootMargin: "800px" });
pictures.forEach((image) => near.observe(image));
addEventListener("beforeprint", () => pictures.forEach(show));

const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
const steps = [...document.querySelectorAll("article")];
const seen = new Set();
let current = -1;
const mark = (index) => {
  links.get(steps[current]?.id)?.removeAttribute("aria-current");
  current = index;
  links.get(steps[current]?.id)?.setAttribute("aria-current", "step");
};
const passing = new IntersectionObserver((entries) => {
  for (const entry of entries) entry.isIntersecting ? seen.add(entry.target) : seen.delete(entry.target);
  const first = steps.findIndex((step) => seen.has(step));
  if (first >= 0) mark(first);
}, { rootMargin: "-10% 0px -60% 0px" });
steps.forEach((step) => passing.observe(step));

const go = (index) => {
  const step = steps[Math.max(0, Math.min(index, steps.length - 1))];
  if (!step) return;
  step.scrollIntoView({ block: "start" });
  step.focus({ preventScroll: true });
  mark(steps.indexOf(step));
};
const small = () => document.querySelectorAll(".large").forEach((figure) => figure.classList.remove("large"));
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const moves = { j: current + 1, k: current - 1, g: 0, G: steps.length - 1 };
  if (event.key in moves) { event.preventDefault(); small(); go(moves[event.key]); }
  if (event.key === "Escape") small();
});
document.addEventListener("click", (event) => {
  const figure = event.target.closest(".picture")?.closest("figure");
  if (!figure) return;
  const enlarge = !figure.classList.contains("large");
  small();
  figure.classList.toggle("large", enlarge);
});
