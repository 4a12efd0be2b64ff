  // Draw what stands on the page, and listen.
  const start = () => {
    for (const profile of profiles) {
      control("profile").append(el("option", { value: profile.number }, `${profile.name}: ${counted(profile.count, "host")}`));
    }
    questions.forEach(({ title }, place) => {
      control("question").append(el("option", { value: place, selected: place === 0 }, title));
    });
    for (const group of ["achievable", "achievable elsewhere", PART, "conditional", "conditional elsewhere", "unknown", "not achievable"]) {
      control("verdict").append(el("option", null, group));
    }
    const redraw = () => { drawMatrix(); drawList(); };
    for (const id of ["profile", "question", "verdict", "words", "subs"]) control(id).addEventListener("input", redraw);
    for (const input of document.querySelectorAll("input[name=bar]")) {
      input.addEventListener("change", () => {
        for (const shown of document.querySelectorAll(".question-bar")) shown.hidden = shown.dataset.bar !== input.value;
      });
    }
    redraw();
    drawTables();
    control("search").addEventListener("input", search);
    document.documentElement.classList.add("scripted");
    addEventListener("hashchange", follow);
    // On paper the matrix has every technique, and the list that says the same is left out.
    let withSubs = false;
    addEventListener("beforeprint", () => { withSubs = control("subs").checked; control("subs").checked = true; drawMatrix(); });
    addEventListener("afterprint", () => { control("subs").checked = withSubs; drawMatrix(); });
    follow();
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
  };
  start();
