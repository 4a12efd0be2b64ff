  // The page's data stand in it once, as JSON; everything below draws from them. Text from the
  // data only ever becomes a text node.
  const page = JSON.parse(document.getElementById("data").textContent);
  const text = (number) => page.texts[number];
  const texts = (numbers) => numbers.map(text);
  const listed = (number) => texts(page.lists[number]);
  const joined = (number) => listed(number).join(" ");
  const labels = page.labels.map(([label, sign, shade, group, rank, meaning]) =>
    ({ label, sign, shade, group, rank, meaning }));
  const questions = page.questions.map(([title, meaning]) => ({ title, meaning }));
  const byLabel = Object.fromEntries(labels.map((label, place) => [label.label, place]));
  const ACHIEVABLE = [byLabel["achievable"], byLabel["achievable elsewhere"]];
  const NOT_APPLICABLE = byLabel["not applicable"];
  const PART = "achievable on some hosts";

  const profiles = page.profiles.map(([id, name, hosts, more, count, os, role, judged, cut, assumed,
    achieved, place, facts, faults, conflicts], number) => ({
    number, id, name: text(name), hosts: texts(hosts), more, count, os: text(os), role: text(role),
    judged: text(judged), cut, assumed, achieved: texts(achieved), place, facts,
    faults: texts(faults), conflicts: texts(conflicts),
  }));
  const full = profiles.filter((profile) => profile.place >= 0);
  const allHosts = profiles.reduce((sum, profile) => sum + profile.count, 0);

  const techniques = page.techniques.map(([id, name, other, tactics, parent, verdicts, answers,
    remedies, none], number) => ({
    number, id, name: text(name), other: text(other), tactics, parent, verdicts, answers, remedies,
    none: text(none), children: [], kind: "technique", link: `#/${id}`,
  }));
  for (const technique of techniques) {
    if (technique.parent >= 0) techniques[technique.parent].children.push(technique);
  }
  const components = page.components.map(([name, verdicts, rows, of], number) => ({
    number, id: text(name), name: text(name), verdicts, rows, of, kind: "data component",
    link: `#/component/${encodeURIComponent(text(name))}`,
  }));
  const events = page.events.map(([name, tells, condition, written, caveats, fields, verdicts, rows],
    number) => ({
    number, id: text(name), name: text(tells), condition: text(condition), written: text(written),
    caveats: texts(caveats), fields: texts(fields), verdicts, rows, kind: "event",
    link: `#/event/${encodeURIComponent(text(name))}`,
  }));
  const rules = page.rules.map(([title, level, tags, source, file, verdicts, rows], number) => ({
    number, id: text(title), name: text(title), level: text(level), tags: texts(tags),
    source: text(source), file: listed(file).join("/"), verdicts, rows, kind: "rule", link: `#/rule/${number}`,
  }));
  const remedies = page.remedies.map(([words, cost, kind, volume, hosts, of, gain, raised,
    rulesRaised, ruleGain], number) => ({
    number, text: joined(words), cost: text(cost), kind: text(kind),
    volume: text(volume), hosts, profiles: of, gain, raised, rulesRaised, ruleGain,
  }));
  const missing = page.missing.map(([title, reason, command, of, verdicts, ruleVerdicts]) => ({
    title: text(title), reason: text(reason), command: text(command), profiles: of, verdicts,
    rules: ruleVerdicts,
  }));
  const index = (entries) => new Map(entries.map((entry) => [entry.id, entry]));
  const techniqueById = index(techniques);
  const componentById = index(components);
  const eventById = index(events);

  const answerOf = (number) => {
    const [label, strength, why, where, ways, pictures, breaks, reasons, least] =
      page.answers[number];
    return {
      label: labels[label], strength: text(strength), why: joined(why), where: listed(where),
      ways: ways.map(wayOf), pictures, breaks: page.chains[breaks], reasons: page.chains[reasons], least,
    };
  };
  const wayOf = (number) => {
    const [line, label, holds, lacks, hosts, counts] = page.ways[number];
    return {
      line: joined(line), label: labels[label], holds: listed(holds),
      lacks: listed(lacks), hosts: listed(hosts), rules: counts,
    };
  };
  const reasonOf = (place) => {
    const [number, link, label, words, evidence, remedy, cost, reference, command] =
      page.reasons[place];
    return {
      number, link: text(link), label: labels[label], text: joined(words), evidence: listed(evidence),
      remedy: joined(remedy), cost: text(cost), reference: text(reference), command: text(command),
    };
  };

  const counted = (number, singular, plural) =>
    `${number.toLocaleString("en")} ${number === 1 ? singular : plural || `${singular}s`}`;
  const byText = (first, second) => String(first).localeCompare(String(second), "en", { numeric: true });

  // What stands for a string of verdicts: of a profile its own, of all hosts whether they agree.
  // Where some hosts have it achievable and others have not, that is a state of its own.
  const stateOf = (verdicts, profile) => {
    if (profile >= 0) {
      const place = verdicts[profile];
      if (place === "." || Number(place) === NOT_APPLICABLE) return null;
      const label = labels[Number(place)];
      const hosts = profiles[profile].count;
      return { ...label, n: ACHIEVABLE.includes(Number(place)) ? hosts : 0, m: hosts, some: "" };
    }
    const counts = hostsByLabel(verdicts);
    const m = [...counts.values()].reduce((sum, hosts) => sum + hosts, 0);
    if (!m) return null;
    const n = ACHIEVABLE.reduce((sum, place) => sum + (counts.get(place) || 0), 0);
    if (n > 0 && n < m) {
      return {
        label: `achievable on ${n.toLocaleString("en")} of ${m.toLocaleString("en")} hosts`,
        sign: "◕", shade: "part", group: PART, rank: 0.5, n, m, some: `${n}/${m}`,
      };
    }
    const [best] = [...counts.keys()].sort((first, second) => labels[first].rank - labels[second].rank);
    const hosts = counts.get(best);
    if (n === m && hosts < m) return { ...labels[best], label: "achievable, here or elsewhere", n, m, some: "" };
    return { ...labels[best], n, m, some: hosts < m ? `${hosts}/${m}` : "" };
  };
  const hostsByLabel = (verdicts) => {
    const counts = new Map();
    for (let number = 0; number < profiles.length; number += 1) {
      const place = verdicts[number];
      if (place === "." || Number(place) === NOT_APPLICABLE) continue;
      counts.set(Number(place), (counts.get(Number(place)) || 0) + profiles[number].count);
    }
    return counts;
  };
