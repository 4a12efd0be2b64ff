  // Elements: attributes by name, children as text or nodes. There is no way to pass markup.
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const fill = (element, attributes, children) => {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === false || value === null || value === undefined) continue;
      if (name === "onclick" || name === "oninput" || name === "onchange") {
        element.addEventListener(name.slice(2), value);
      } else {
        element.setAttribute(name, value === true ? "" : value);
      }
    }
    for (const child of children.flat(4)) {
      if (child === null || child === undefined || child === false || child === "") continue;
      element.append(child instanceof Node ? child : String(child));
    }
    return element;
  };
  const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) =>
    fill(document.createElementNS(NAMESPACE, tag), attributes, children);

  const chip = (state, words) =>
    el("span", { class: `v ${state.shade}` }, `${state.sign} ${words || state.label}`);
  const chipWithHosts = (state) => chip(state, state.some && state.shade !== "part"
    ? `${state.label} on ${state.some.replace("/", " of ")} hosts` : state.label);
  const linkTo = (entry, words) => el("a", { href: entry.link }, words || entry.id);
  const list = (items, attributes) => el("ul", attributes, items.map((item) => el("li", null, item)));
  const commas = (nodes) => nodes.flatMap((node, place) => (place ? [", ", node] : [node]));
  const eventLink = (name) => (eventById.has(name) ? linkTo(eventById.get(name)) : name);
  const isLink = (address) => /^https?:\/\/[^\s"<>\\]+$/.test(address);
  const outside = (address, words) =>
    el("a", { href: address, rel: "noreferrer" }, words || address);
  const details = (title, ...children) =>
    el("details", null, el("summary", null, title), el("div", null, children));

  // A bar whose segments are as long as their numbers; its text says them.
  const bar = (segments, words, kind) => {
    const total = segments.reduce((sum, segment) => sum + segment.number, 0) || 1;
    let begin = 0;
    const shapes = segments.map(({ shade, number }) => {
      const width = (1000 * number) / total;
      const shape = svg("rect", { class: shade, x: begin.toFixed(1), y: 0, width: width.toFixed(1), height: 10 });
      begin += width;
      return shape;
    });
    return svg("svg", {
      class: kind || "bar", viewBox: "0 0 1000 10", preserveAspectRatio: "none", role: "img",
      "aria-label": words,
    }, shapes);
  };
  const hostBar = (verdicts) => {
    const counts = [...hostsByLabel(verdicts)].sort((first, second) => labels[first[0]].rank - labels[second[0]].rank);
    const total = counts.reduce((sum, [, hosts]) => sum + hosts, 0);
    const words = counts.map(([place, hosts]) => `${labels[place].label} on ${hosts.toLocaleString("en")}`);
    const segments = counts.map(([place, number]) => ({ shade: labels[place].shade, number }));
    return [
      bar(segments, `${counted(total, "host")}: ${words.join(", ")}`),
      el("p", { class: "chips" }, counts.map(([place, hosts]) =>
        [chip(labels[place]), ` ${counted(hosts, "host")} `])),
    ];
  };
  const names = (numbers) => {
    const shown = numbers.slice(0, 8).map((number) => linkTo({
      link: `#/profile/${profiles[number].id}`, id: profiles[number].name,
    }));
    return [commas(shown), numbers.length > 8 ? ` and ${numbers.length - 8} more` : ""];
  };
  const hostNames = (profile) =>
    profile.hosts.join(", ") + (profile.more ? ` and ${profile.more.toLocaleString("en")} more (assessment.json names all)` : "");

  const reasonItem = (place) => {
    const reason = reasonOf(place);
    return el("div", { class: "reason" },
      el("p", null, chip(reason.label), ` ${reason.link}: ${reason.text}`,
        el("span", { class: "dim" }, ` R${reason.number}`)),
      reason.evidence.map((quote) => el("p", { class: "quote" }, el("span", { class: "dim" }, "evidence "), el("q", null, quote))),
      reason.command ? el("p", null, el("b", null, "Find out first: "), el("code", null, reason.command)) : null,
      reason.remedy ? el("p", null, el("b", null, "Change: "), reason.remedy, reason.cost ? ` (cost: ${reason.cost})` : " (cost not stated)") : null,
      reason.reference ? el("p", { class: "dim" }, "reference ", isLink(reason.reference) ? outside(reason.reference) : reason.reference) : null);
  };
