  // Tables that are drawn from the data: changes, missing facts, data components, events, rules
  // and profiles.
  const place = (id, table) => { if (control(id)) control(id).append(table.element); };
  const verdictColumns = (title, word) => [
    { title, value: (entry) => entry.id, cell: (entry) => [linkTo(entry), entry.name && entry.name !== entry.id ? ` ${entry.name}` : ""] },
    { title: "Verdict", value: (entry) => (stateOf(entry.verdicts, -1) || { rank: 9 }).rank,
      cell: (entry) => { const state = stateOf(entry.verdicts, -1); return state ? chipWithHosts(state) : "not applicable"; } },
    { title: "Hosts without all of it", ...NUMBER, value: (entry) => short(entry).hosts,
      cell: (entry) => short(entry).hosts.toLocaleString("en") },
    { title: word, cell: (entry) => names(short(entry).of) },
  ];
  const short = (entry) => {
    const of = profiles.filter((profile) => {
      const state = stateOf(entry.verdicts, profile.number);
      return state && state.n === 0;
    });
    return { hosts: of.reduce((sum, profile) => sum + profile.count, 0), of: of.map((profile) => profile.number) };
  };

  const profileWords = (numbers) => numbers.map((number) => profiles[number].name).join(" ");

  const drawTables = () => {
    place("changes-table", makeTable({
      caption: `Each change alone${page.remedies_left_out ? `; ${page.remedies_left_out} more stand in the workbook` : ""}`,
      rows: remedies, most: 15, words: (x) => `${x.text} ${x.kind} ${profileWords(x.profiles)}`,
      columns: [
        { title: "Change", value: (x) => x.text, cell: (x) => x.text },
        { title: "Kind", value: (x) => x.kind, cell: (x) => x.kind },
        { title: "Cost", value: (x) => x.cost, cell: (x) => [x.cost || "not stated", x.volume !== "unknown" ? el("div", { class: "dim" }, `volume ${x.volume}`) : ""] },
        { title: "Gain", ...NUMBER, value: (x) => x.gain, cell: (x) => x.gain.toLocaleString("en") },
        ...(remedies.some((x) => x.rulesRaised) ? [
          { title: "Rules raised", ...NUMBER, value: (x) => x.rulesRaised, cell: (x) => x.rulesRaised },
          { title: "Weighted", ...NUMBER, value: (x) => x.ruleGain, cell: (x) => x.ruleGain.toLocaleString("en") },
        ] : []),
        { title: "Hosts", ...NUMBER, value: (x) => x.hosts, cell: (x) => x.hosts.toLocaleString("en") },
        { title: "Profiles", cell: (x) => names(x.profiles) },
        { title: "Techniques raised", ...NUMBER, value: (x) => x.raised.length, cell: (x) => (x.raised.length
          ? details(x.raised.length, commas(x.raised.slice(0, 60).map((number) => linkTo(techniques[number]))), x.raised.length > 60 ? ` and ${x.raised.length - 60} more` : "") : "0") },
      ],
      empty: "No single change raises a verdict.",
    }));
    place("missing-table", makeTable({
      caption: `Missing facts${page.missing_left_out ? `; ${page.missing_left_out} more stand in the workbook` : ""}`,
      rows: missing, most: 15, words: (x) => `${x.title} ${x.command} ${profileWords(x.profiles)}`,
      columns: [
        { title: "Fact", value: (x) => x.title, cell: (x) => x.title },
        { title: "Verdicts that depend on it", ...NUMBER, value: (x) => x.verdicts, cell: (x) => x.verdicts.toLocaleString("en") },
        ...(missing.some((x) => x.rules) ? [{ title: "Rules", ...NUMBER, value: (x) => x.rules, cell: (x) => x.rules.toLocaleString("en") }] : []),
        { title: "Command that tells it", value: (x) => x.command, cell: (x) => (x.command ? el("code", null, x.command) : "none") },
        { title: "Why it is unknown", value: (x) => x.reason, cell: (x) => x.reason },
        { title: "Profiles", cell: (x) => names(x.profiles) },
      ],
    }));
    place("components-table", makeTable({
      caption: "Data components over all hosts", rows: components, most: 25, words: (x) => `${x.id} ${profileWords(short(x).of)}`,
      columns: verdictColumns("Data component", "Profiles without all of it"),
    }));
    place("events-table", makeTable({
      caption: "Events over all hosts", rows: events, most: 25, words: (x) => `${x.id} ${x.name} ${profileWords(short(x).of)}`,
      columns: verdictColumns("Event", "Profiles without all of it"),
    }));
    place("profiles-table", makeTable({
      caption: "Profiles, and the techniques that are achievable of those that apply", rows: profiles, most: 25, words: (x) => `${x.name} ${x.hosts.join(" ")} ${x.os} ${x.role}`,
      columns: [
        { title: "Profile", value: (x) => x.id, cell: (x) => [el("a", { href: `#/profile/${x.id}` }, x.name), x.place < 0 ? el("span", { class: "dim" }, " (not in full)") : ""] },
        { title: "Hosts", ...NUMBER, value: (x) => x.count, cell: (x) => x.count.toLocaleString("en") },
        { title: "System", value: (x) => x.os, cell: (x) => x.os },
        { title: "Role", value: (x) => x.role, cell: (x) => x.role },
        { title: "Verdicts about", value: (x) => x.judged, cell: (x) => x.judged },
        { title: "Facts assumed", ...NUMBER, value: (x) => x.assumed, cell: (x) => x.assumed },
        { title: "Faults", ...NUMBER, value: (x) => x.faults.length, cell: (x) => (x.place < 0 ? "" : x.faults.length) },
        ...questions.map(({ title }, at) => ({ title, ...NUMBER, value: (x) => Number.parseInt(x.achieved[at], 10), cell: (x) => x.achieved[at] })),
      ],
    }));
    if (rules.length) drawRules();
  };

  // Rules that apply first, and of these the levels that weigh most.
  const ordered = () => rules.map((rule) => [stateOf(rule.verdicts, -1) ? 0 : 1, LEVELS.indexOf(rule.level), rule])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1] || byText(a[2].id, b[2].id)).map(([, , rule]) => rule);
  const drawRules = () => {
    const rows = ordered();
    const table = makeTable({
      caption: "Rules, by their verdict over all hosts", rows, most: 50,
      columns: [
        { title: "Rule", value: (x) => x.id, cell: (x) => linkTo(x) },
        { title: "Level", value: (x) => LEVELS.indexOf(x.level), cell: (x) => x.level },
        { title: "Techniques", value: (x) => x.tags.join(), cell: (x) => commas(x.tags.map((tag) => (techniqueById.has(tag) ? linkTo(techniqueById.get(tag)) : tag))) },
        { title: "Verdict", value: (x) => (stateOf(x.verdicts, -1) || { rank: 9 }).rank, cell: (x) => { const state = stateOf(x.verdicts, -1); return state ? chipWithHosts(state) : "not applicable"; } },
        { title: "Hosts without all of it", ...NUMBER, value: (x) => short(x).hosts, cell: (x) => short(x).hosts.toLocaleString("en") },
      ],
    });
    const level = control("rule-level");
    for (const name of LEVELS.filter((each) => rules.some((rule) => rule.level === each))) level.append(el("option", null, name));
    const verdict = control("rule-verdict");
    const groups = new Map(rules.map((rule) => stateOf(rule.verdicts, -1)).filter(Boolean).map((state) => [state.group, state.rank]));
    for (const [name] of [...groups].sort((a, b) => a[1] - b[1])) verdict.append(el("option", null, name));
    const filter = () => {
      const tag = control("rule-technique").value.trim().toLowerCase();
      const words = control("rule-words").value.toLowerCase().split(/\s+/).filter(Boolean);
      const shown = rows.filter((rule) => {
        const state = stateOf(rule.verdicts, -1);
        return (!level.value || rule.level === level.value)
          && (!verdict.value || (state && state.group === verdict.value))
          && (!tag || rule.tags.some((each) => each.toLowerCase().startsWith(tag)))
          && words.every((word) => rule.id.toLowerCase().includes(word));
      });
      table.show(shown);
      control("rule-count").textContent = `${shown.length.toLocaleString("en")} of ${counted(rules.length, "rule")}; ${rules.filter((rule) => stateOf(rule.verdicts, -1)).length.toLocaleString("en")} apply to some host`;
    };
    for (const id of ["rule-level", "rule-verdict", "rule-technique", "rule-words"]) control(id).addEventListener("input", filter);
    filter();
    place("rules-table", table);
  };
  const LEVELS = ["critical", "high", "medium", "low", "informational", ""];
