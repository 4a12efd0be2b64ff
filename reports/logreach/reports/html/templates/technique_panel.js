  // The panel of a technique: hosts that share an answer, and for each answer the whole story.
  const wayItem = (way) => el("li", null, chip(way.label), ` ${way.line}`,
    way.hosts.length ? el("div", { class: "dim" }, "recorded by ", way.hosts.join(", ")) : null,
    way.holds.length ? el("div", { class: "dim" }, "holds ", commas(way.holds.map(eventLink))) : null,
    way.lacks.length ? el("div", { class: "dim" }, "lacks ", commas(way.lacks.map(eventLink))) : null);
  const idle = (way) => way.label.label === "not achievable";
  const waysPart = (technique, answer) => {
    const holding = answer.ways.filter((way) => !idle(way));
    const others = answer.ways.filter(idle);
    return [
      holding.length ? el("ul", { class: "ways" }, holding.map(wayItem))
        : el("p", null, "Nothing of any way is there."),
      others.length ? details(`${counted(others.length, "way")} of which nothing is there`,
        el("ul", { class: "ways" }, others.map(wayItem))) : null,
      technique.none ? el("p", null, `Nothing records the act itself: ${technique.none}`) : null,
    ];
  };

  const changeItem = (number) => {
    const remedy = remedies[number];
    if (!remedy) return "a change that the workbook lists";
    const cost = [remedy.cost, remedy.volume !== "unknown" ? `volume ${remedy.volume}` : ""].filter(Boolean);
    return [remedy.text, el("span", { class: "cost" }, ` Cost: ${cost.join("; ") || "not stated"}.`)];
  };
  const changesPart = (technique, answer, group) => {
    if (ACHIEVABLE.includes(byLabel[answer.label.label])) return el("p", null, "Nothing: it is achievable.");
    const numbers = new Set(group.map((profile) => profile.number));
    const alone = technique.remedies.filter((number) =>
      !answer.least.includes(number) && remedies[number].profiles.some((each) => numbers.has(each)));
    const facts = missing.filter((fact) => fact.profiles.some((each) => numbers.has(each)));
    const unknown = answer.label.group === "unknown";
    return [
      answer.least.length
        ? [el("p", null, answer.least.length > 1
          ? "These changes together make it achievable:" : "This change makes it achievable:"),
        list(answer.least.map(changeItem))]
        : el("p", null, "No change on offer makes it achievable here: a missing fact decides, or nothing that can be switched on records the whole act."),
      alone.length ? details(`${counted(alone.length, "other change")} that raises a verdict of it on some of these hosts, alone`,
        list(alone.slice(0, 12).map(changeItem)),
        alone.length > 12 ? el("p", null, `and ${alone.length - 12} more under Changes`) : null) : null,
      unknown && facts.length ? details("Facts that these hosts lack, those with most verdicts first",
        list(facts.slice(0, 8).map((fact) =>
          [fact.title, fact.command ? [": ", el("code", null, fact.command)] : ""]))) : null,
    ];
  };

  const rulesPart = (technique, answer, group) => {
    const own = rulesByTag.get(technique.id);
    const counts = answer.ways.find((way) => way.rules.length);
    const words = counts ? `${counts.rules[0]} of ${counts.rules[1]} can fire here.` : "No rule is counted for it.";
    if (!own) return el("p", null, rules.length ? words : `Published rules: ${words}`);
    const profile = group[0].number;
    const items = own.map((rule) => ({ rule, state: stateOf(rule.verdicts, profile) }))
      .filter(({ state }) => state).sort((a, b) => a.state.rank - b.state.rank);
    return [el("p", null, words), details(`${counted(items.length, "rule")} tagged with it`,
      el("ul", null, items.slice(0, 200).map(({ rule, state }) =>
        el("li", null, chip(state), " ", linkTo(rule), ` (${rule.level || "no level"})`))))];
  };

  const answerPart = (technique, group) => {
    const { place, number } = group[0];
    const answer = answerOf(technique.answers[place]);
    const complete = questions.slice(1).map(({ title }, at) => {
      const state = stateOf(technique.verdicts[at + 1], number);
      return state ? el("li", null, `${title}: `, chip(state)) : null;
    }).filter(Boolean);
    return el("div", { class: "answer" },
      el("p", { class: "lead" }, chip(answer.label), answer.where.length ? ` on ${answer.where.join(", ")}` : "",
        answer.strength ? ` ${answer.strength}` : ""),
      answer.why ? el("p", null, answer.why) : null,
      el("h3", null, "Ways to detect it"), waysPart(technique, answer),
      el("h3", null, "What shows it"), picture(technique, answer, place),
      el("h3", null, "What breaks"),
      answer.breaks.length ? answer.breaks.map(reasonItem) : el("p", null,
        ACHIEVABLE.includes(byLabel[answer.label.label]) ? "Nothing: it is achievable."
          : "No link that a change could mend or a missing fact could settle."),
      el("h3", null, "What to change, and its cost"), changesPart(technique, answer, group),
      el("h3", null, "Evidence"),
      answer.reasons.length ? answer.reasons.map(reasonItem) : el("p", null, "None."),
      el("h3", null, "Rules"), rulesPart(technique, answer, group),
      el("h3", null, "Completeness of what ATT&CK names"),
      el("ul", { class: "chips" }, complete));
  };

  // Profiles with the same answer stand together, most hosts first.
  const groupsOf = (technique) => {
    const groups = new Map();
    for (const profile of full) {
      const answer = technique.answers[profile.place];
      if (answer < 0 || !stateOf(technique.verdicts[0], profile.number)) continue;
      groups.set(answer, [...(groups.get(answer) || []), profile]);
    }
    return [...groups.values()].sort((a, b) => hostsIn(b) - hostsIn(a));
  };
  const hostsIn = (group) => group.reduce((sum, profile) => sum + profile.count, 0);
  const othersPart = (verdicts) => {
    const counts = new Map();
    for (const profile of profiles.filter((each) => each.place < 0)) {
      const state = stateOf(verdicts, profile.number);
      if (state) counts.set(state.label, (counts.get(state.label) || 0) + profile.count);
    }
    if (!counts.size) return null;
    const words = [...counts].map(([label, hosts]) => `${label} on ${hosts.toLocaleString("en")}`);
    return el("p", { class: "dim" }, `Of the hosts whose profiles this page does not show in full: ${words.join(", ")}; assessment.json has their ways.`);
  };
  const techniquePanel = (technique) => {
    const groups = groupsOf(technique);
    const profile = chosen().profile;
    const first = Math.max(0, groups.findIndex((group) => group.some((each) => each.number === profile)));
    const holder = el("div", { "aria-live": "polite" });
    const show = (place) => holder.replaceChildren(answerPart(technique, groups[place]));
    const tactics = technique.tactics.map((place) => page.tactics[place][1]).join(", ");
    const family = technique.parent >= 0 ? [techniques[technique.parent]] : technique.children;
    const node = [
      el("p", { class: "dim" }, tactics, technique.other ? ` · ATT&CK ${technique.other}` : "", " · ",
        outside(`https://attack.mitre.org/techniques/${technique.id.replace(".", "/")}/`, "ATT&CK")),
      hostBar(technique.verdicts[0]),
      family.length ? details(technique.parent >= 0 ? "The technique above it" : counted(family.length, "sub-technique"),
        list(family.map((each) => {
          const state = stateOf(each.verdicts[0], -1);
          return [state ? chip(state) : "", " ", linkTo(each), ` ${each.name}`];
        }))) : null,
      groups.length ? el("fieldset", { class: "hosts" }, el("legend", null, "Hosts"), groups.map((group, place) => {
        const state = stateOf(technique.verdicts[0], group[0].number);
        return el("label", null, el("input", { type: "radio", name: "group", checked: place === first, onchange: () => show(place) }),
          chip(state), ` ${group.map((each) => each.name).join(", ")}: ${counted(hostsIn(group), "host")}`);
      })) : null,
      othersPart(technique.verdicts[0]), holder,
    ];
    if (groups.length) show(first);
    return { title: `${technique.id} ${technique.name}`, node };
  };
