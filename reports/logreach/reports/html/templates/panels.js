  // The panels of data components, events, rules and profiles.
  const verdictTable = (entry, caption, cells, heads) => {
    const standing = full.map((profile) => ({ profile, state: stateOf(entry.verdicts, profile.number) }))
      .filter(({ state }) => state)
      .sort((a, b) => b.state.rank - a.state.rank || b.profile.count - a.profile.count);
    const rows = standing.map(({ profile, state }) => el("tr", null,
      el("th", { scope: "row" }, el("a", { href: `#/profile/${profile.id}` }, profile.name)),
      el("td", null, `${hostNames(profile)}: ${counted(profile.count, "host")}`),
      el("td", null, chip(state)), cells(profile.place).map((content) => el("td", null, content))));
    return el("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
      el("table", null, el("caption", null, caption),
        el("thead", null, el("tr", null, ["Profile", "Hosts", "Verdict", ...heads].map((head) => el("th", { scope: "col" }, head)))),
        el("tbody", null, rows)));
  };
  // Why something holds is folded up; why it does not stands open, with the change that mends it.
  const reasonsOf = (number, label) => {
    const items = page.chains[number].map(reasonItem);
    return labels[label].group === "achievable" && items.length
      ? details(counted(items.length, "reason"), items) : items;
  };

  const componentPanel = (component) => {
    const cells = (place) => {
      const row = component.rows[place];
      if (row < 0) return [];
      const [label, breaks, reasons, of, attributes] = page.component_rows[row];
      const showing = of.filter(([, each]) => labels[each].group !== "not achievable" && each !== NOT_APPLICABLE);
      return [
        list(showing.map(([name, each]) => [chip(labels[each]), " ", eventLink(text(name))]), { class: "plain" }),
        el("ul", { class: "fields" }, attributes.map(([field, verdict]) => fieldChip(text(field), labels[verdict]))),
        [labels[label].group === "achievable" ? "" : page.chains[breaks].map(reasonItem),
          details("Why: reasons and evidence", page.chains[reasons].map(reasonItem))],
      ];
    };
    return {
      title: component.id,
      node: [
        el("p", { class: "dim" }, "Data component of ATT&CK"), hostBar(component.verdicts),
        verdictTable(component, `${component.id} by profile`, cells,
          ["Events that show it", "What detections read", "What breaks, and the change with its cost"]),
        othersPart(component.verdicts),
        component.of.length ? details(`${counted(component.of.length, "technique")} that it shows`, list(component.of.map((number) => {
          const state = stateOf(techniques[number].verdicts[0], -1);
          return [state ? chip(state) : "", " ", linkTo(techniques[number]), ` ${techniques[number].name}`];
        }))) : null,
      ],
    };
  };

  const eventPanel = (event) => {
    const forwarded = event.rows.some((row) => row >= 0 && page.event_rows[row][1] >= 0);
    const cells = (place) => {
      const row = event.rows[place];
      if (row < 0) return [];
      const [label, onHost, reasons] = page.event_rows[row];
      const here = onHost < 0 ? "forwarding unknown" : chip(labels[onHost]);
      return [...(forwarded ? [here] : []), [reasonsOf(reasons, label), fieldsOf(event, place)]];
    };
    return {
      title: event.id,
      node: [
        event.name ? el("p", { class: "lead" }, event.name) : null,
        event.condition ? line("maybe", event.condition) : null,
        event.written ? line("written", event.written) : null,
        event.caveats.map((caveat) => line("caveat", caveat)),
        hostBar(event.verdicts),
        verdictTable(event, `${event.id} by profile`, cells,
          [...(forwarded ? ["On the host"] : []), "Reasons, evidence, change and fields"]),
        othersPart(event.verdicts),
      ],
    };
  };

  const rulePanel = (rule) => ({
    title: rule.id,
    node: [
      el("p", { class: "dim" }, [rule.level || "no level", rule.source, rule.file].filter(Boolean).join(" · ")),
      el("p", null, rule.tags.length ? ["Techniques: ", commas(rule.tags.map((tag) =>
        (techniqueById.has(tag) ? linkTo(techniqueById.get(tag)) : tag)))] : "It names no technique."),
      hostBar(rule.verdicts),
      verdictTable(rule, "The rule by profile", (place) => {
        const row = rule.rows[place];
        if (row < 0) return [""];
        const [note, reasons] = page.rule_rows[row];
        return [[text(note) ? el("p", null, text(note)) : "", page.chains[reasons].map(reasonItem)]];
      }, ["State, dead parts and first reason"]),
      othersPart(rule.verdicts),
    ],
  });

  const profilePanel = (profile) => {
    const rows = profile.facts.map((number) => page.facts[number]);
    const counts = { achievable: 0, total: 0 };
    for (const technique of techniques) {
      const state = stateOf(technique.verdicts[0], profile.number);
      if (state) { counts.total += 1; counts.achievable += state.n ? 1 : 0; }
    }
    const facts = makeTable({
      caption: "Facts, and the evidence for each", rows, most: 100,
      columns: [
        { title: "Fact", value: ([title]) => text(title), cell: ([title]) => text(title) },
        { title: "State", value: ([, state]) => text(state), cell: ([, state]) => (text(state) === "assumed" ? el("b", null, "assumed") : text(state)) },
        { title: "Value", value: ([, , value]) => text(value), cell: ([, , value]) => text(value) },
        { title: "Evidence", cell: ([, , , evidence]) => texts(evidence).map((each) => el("p", { class: "quote" }, el("q", null, each))) },
      ],
    });
    return {
      title: profile.name,
      node: [
        el("p", null, `${profile.os}, ${profile.role}; ${counted(profile.count, "host")}: ${hostNames(profile)}`),
        el("p", null, `Verdicts about ${profile.judged}. Detection achievable: ${counts.achievable} of ${counts.total} techniques.`,
          profile.cut ? ` The collector does not receive ${counted(profile.cut, "event")} of the host, or only in part.` : ""),
        profile.faults.length ? [el("h3", null, "Faults"), list(profile.faults)] : null,
        profile.conflicts.length ? [el("h3", null, "Sources that disagree"), list(profile.conflicts)] : null,
        el("h3", null, "Facts"),
        profile.place < 0 ? el("p", null, "This page shows the profiles with the most hosts and the greatest loss in full; assessment.json has the facts of all.") : facts.element,
      ],
    };
  };

  // A panel opens for what an address names, and gives the focus back when it closes.
  const PANELS = { component: [componentById, componentPanel], event: [eventById, eventPanel] };
  const panelFor = (hash) => {
    const [kind, rest] = hash.split(/\/(.*)/s);
    if (techniqueById.has(hash)) return techniquePanel(techniqueById.get(hash));
    if (PANELS[kind] && PANELS[kind][0].has(rest)) return PANELS[kind][1](PANELS[kind][0].get(rest));
    if (kind === "rule" && rules[rest]) return rulePanel(rules[rest]);
    const profile = kind === "profile" && profiles.find((each) => each.id === rest);
    return profile ? profilePanel(profile) : null;
  };
  const dialog = control("panel");
  const openPanel = ({ title, node }) => {
    control("panel-title").textContent = title;
    control("panel-body").replaceChildren(...[node].flat(4).filter((each) => each));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    control("panel-title").focus();
  };
  const follow = () => {
    let hash = "";
    try { hash = decodeURIComponent(location.hash.replace(/^#\/?/, "")); } catch { return; }
    const panel = hash && panelFor(hash);
    if (panel) {
      openPanel(panel);
      return;
    }
    if (dialog.open) dialog.close();
    const target = hash && document.getElementById(hash);
    if (target) target.focus({ preventScroll: true });
  };
  dialog.addEventListener("close", () => {
    if (panelFor(decodeURIComponent(location.hash.replace(/^#\/?/, "")))) history.replaceState(null, "", "#");
  });
  control("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (click) => { if (click.target === dialog) dialog.close(); });
