  // The matrix: tactics as columns, parents with a bar of their sub-techniques.
  const control = (id) => document.getElementById(id);
  const chosen = () => ({
    profile: Number(control("profile").value),
    question: Number(control("question").value),
    verdict: control("verdict").value,
    words: control("words").value.toLowerCase().split(/\s+/).filter(Boolean),
  });
  const stateFor = (technique, { profile, question }) =>
    stateOf(technique.verdicts[question], profile);
  const wanted = (technique, state, { verdict, words }) => {
    const content = `${technique.id} ${technique.other} ${technique.name}`.toLowerCase();
    return (!verdict || state.group === verdict) && words.every((word) => content.includes(word));
  };

  // Rules of a technique: the user's by their verdicts, or how many published ones could fire.
  const rulesByTag = new Map();
  for (const rule of rules) {
    for (const tag of rule.tags) rulesByTag.set(tag, [...(rulesByTag.get(tag) || []), rule]);
  }
  const CAN_FIRE = ["achievable", "conditional", "unknown, at least conditional"];
  const ruleCounts = (technique, profile) => {
    const own = rulesByTag.get(technique.id);
    if (own) {
      const states = own.map((rule) => bestOf(rule.verdicts, profile)).filter(Boolean);
      return [states.filter((state) => CAN_FIRE.includes(state.label)).length, states.length];
    }
    let most = [0, 0];
    for (const { place } of profile >= 0 ? [profiles[profile]] : full) {
      const answer = place >= 0 ? technique.answers[place] : -1;
      if (answer < 0) continue;
      for (const way of page.answers[answer][4]) {
        const counts = page.ways[way][5];
        if (counts.length && (counts[0] > most[0] || !most[1])) most = counts;
      }
    }
    return most;
  };
  const bestOf = (verdicts, profile) => {
    if (profile >= 0) return stateOf(verdicts, profile);
    const places = [...hostsByLabel(verdicts).keys()].sort((a, b) => labels[a].rank - labels[b].rank);
    return places.length ? labels[places[0]] : null;
  };

  const subtechniqueBar = (technique, choice) => {
    const counts = new Map();
    for (const child of technique.children) {
      const state = stateFor(child, choice);
      if (!state) continue;
      const entry = counts.get(state.group) || { shade: state.shade, rank: state.rank, number: 0 };
      counts.set(state.group, { ...entry, number: entry.number + 1 });
    }
    const segments = [...counts].sort((a, b) => a[1].rank - b[1].rank);
    const total = segments.reduce((sum, [, entry]) => sum + entry.number, 0);
    if (!total) return null;
    const words = segments.map(([group, entry]) => `${entry.number} ${group}`).join(", ");
    return bar(segments.map(([, entry]) => entry), `${counted(total, "sub-technique")}: ${words}`, "subs");
  };

  const cell = (technique, choice, state) => {
    const [fires, total] = ruleCounts(technique, choice.profile);
    const small = [technique.id, state.some,
      total ? `rules ${fires}/${total}` : ""].filter(Boolean).join(" · ");
    return el("a", {
      class: `cell ${state.shade}${technique.parent >= 0 ? " sub" : ""}${wanted(technique, state, choice) ? "" : " off"}`,
      href: technique.link, title: state.label,
    }, el("span", { class: "name" }, `${state.sign} ${technique.name}`), el("small", null, small),
    subtechniqueBar(technique, choice));
  };

  const parents = techniques.filter((technique) => technique.parent < 0)
    .sort((first, second) => byText(first.name, second.name));
  const drawMatrix = () => {
    const choice = chosen();
    const withSubs = control("subs").checked;
    const groups = new Map();
    const columns = page.tactics.map(([, title], tactic) => {
      const cells = [];
      const states = [];
      for (const parent of parents) {
        const family = [parent, ...(withSubs || !stateFor(parent, choice) ? parent.children : [])];
        for (const technique of family.filter((each) => each.tactics.includes(tactic))) {
          const state = stateFor(technique, choice);
          if (!state) continue;
          states.push(state);
          cells.push(cell(technique, choice, state));
        }
      }
      if (!cells.length) return null;
      const whole = states.filter((state) => state.n > 0 && state.n === state.m).length;
      return el("section", { "aria-label": title }, el("h3", null, title,
        el("small", null, `${whole} of ${cells.length} on all hosts`)), cells);
    }).filter(Boolean);
    for (const technique of techniques) {
      const state = stateFor(technique, choice);
      if (!state) continue;
      const entry = groups.get(state.group) || { state, number: 0 };
      groups.set(state.group, { state: entry.state, number: entry.number + 1 });
    }
    control("grid").replaceChildren(...(columns.length ? columns : [el("p", null, "No technique applies.")]));
    const entries = [...groups].sort((a, b) => a[1].state.rank - b[1].state.rank);
    control("legend").replaceChildren(...entries.map(([group, { state, number }]) =>
      el("li", null, chip({ ...state, label: group }), ` ${number}`)));
    control("question-meaning").textContent = questions[choice.question].meaning;
  };
