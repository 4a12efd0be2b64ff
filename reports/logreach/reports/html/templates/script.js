"use strict";
(() => {
  const all = (query, from = document) => [...from.querySelectorAll(query)];
  document.documentElement.classList.add("scripted");

  // Techniques: by words and by a verdict that one question has on some host.
  const words = document.getElementById("words");
  const question = document.getElementById("question");
  const verdict = document.getElementById("verdict");
  const count = document.getElementById("count");
  const techniques = all("#techniques details.technique");
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of techniques) {
      const text = one.textContent.toLowerCase();
      const labels = one.dataset[`q${question.value}`].split("|");
      const fits = (!verdict.value || labels.includes(verdict.value)) &&
        wanted.every((word) => text.includes(word));
      one.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.textContent = `${shown} of ${techniques.length} techniques`;
  };
  for (const one of [words, question, verdict]) one.addEventListener("input", filter);
  document.getElementById("open").addEventListener("click", () => {
    const shown = techniques.filter((one) => !one.hidden);
    const open = !shown.every((one) => one.open);
    for (const one of shown) one.open = open;
  });
  filter();

  // What a link leads to is opened first.
  const reveal = () => {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = id && document.getElementById(id);
    if (!target) return;
    target.hidden = false;
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  for (const head of all("th[data-sort]")) {
    head.addEventListener("click", () => {
      const at = [...head.parentElement.children].indexOf(head);
      const body = head.closest("table").tBodies[0];
      const way = head.dataset.sort === "up" ? -1 : 1;
      head.dataset.sort = way === 1 ? "up" : "down";
      const text = (row) => row.children[at].textContent.trim();
      const rows = [...body.rows].sort((a, b) => way * text(a).localeCompare(text(b), "en", { numeric: true }));
      body.append(...rows);
    });
  }
})();
