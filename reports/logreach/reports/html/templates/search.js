  // A search over everything that has a panel: techniques, data components, events, rules, hosts.
  const searchable = [
    ...techniques, ...components, ...events, ...rules,
    ...profiles.map((profile) => ({ id: profile.name, name: profile.hosts.join(", "), kind: "profile", link: `#/profile/${profile.id}`, verdicts: null })),
  ];
  const MOST_HITS = 12;
  const search = () => {
    const words = control("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = words.length ? searchable.filter((entry) => {
      const content = `${entry.id} ${entry.name} ${entry.other || ""}`.toLowerCase();
      return words.every((word) => content.includes(word));
    }) : [];
    const shown = hits.slice(0, MOST_HITS).map((entry) => {
      const verdicts = entry.kind === "technique" ? entry.verdicts[0] : entry.verdicts;
      const state = verdicts ? stateOf(verdicts, -1) : null;
      return el("li", null, el("span", { class: "dim" }, `${entry.kind} `), linkTo(entry),
        entry.name && entry.name !== entry.id ? ` ${entry.name} ` : " ", state ? chipWithHosts(state) : "");
    });
    control("hits").replaceChildren(...shown);
    control("hit-count").textContent = words.length ? `${counted(hits.length, "match", "matches")}${hits.length > MOST_HITS ? `, the first ${MOST_HITS} shown` : ""}` : "";
  };
