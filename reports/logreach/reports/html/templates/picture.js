  // The picture of a technique: its data components, and under each the events of every sensor
  // behind a sign, with the conditions in words and the fields filled or empty.
  const SHADES = ["yes", "part-sign", "no", "unknown-sign"];
  const signMark = (sign) => el("span", { class: `sign ${SHADES[sign]}` },
    el("span", { "aria-hidden": "true" }, page.signs[sign][0]),
    el("span", { class: "hidden-text" }, page.signs[sign][1]));
  const NOT_SHOWN = 2;

  // A verdict on a field as the sign of a picture.
  const FILLED = ["filled", "in part, as the event or the field is", "empty, or the event is not written", "a missing fact decides"];
  const fieldSign = (label) => {
    if (label.label === "achievable") return 0;
    if (label.label.startsWith("conditional") || label.label === "unknown, at least conditional") return 1;
    return label.label.startsWith("unknown") ? 3 : 2;
  };
  const fieldChip = (name, label) => {
    const sign = fieldSign(label);
    return el("li", { class: `field ${SHADES[sign]}` }, `${page.signs[sign][0]} ${name}`,
      el("span", { class: "hidden-text" }, ` ${FILLED[sign]}`));
  };
  const fieldsOf = (event, place) => {
    const row = event.rows[place];
    if (row < 0 || !event.fields.length) return null;
    const verdicts = text(page.event_rows[row][3]);
    const entries = event.fields.map((name, at) => [name, verdicts[at]]).filter(([, digit]) => digit !== ".");
    if (!entries.length) return null;
    const counts = [0, 1, 2, 3].map((sign) => [sign, entries.filter(([, digit]) => fieldSign(labels[digit]) === sign).length])
      .filter(([, count]) => count);
    return details(`Fields: ${counts.map(([sign, count]) => `${count} ${FILLED[sign]}`).join("; ")}`,
      el("ul", { class: "fields" }, entries.map(([name, digit]) => fieldChip(name, labels[digit]))));
  };

  const line = (name, words) => el("p", { class: "line" }, el("b", null, `${name}: `), words);
  const pictureEvent = (number, place) => {
    const [name, sign, shows, may, never, words, lacking] = page.picture_events[number];
    const event = eventById.get(text(name));
    const operations = [["shows", shows], ["may show", may], ["never shows", never]]
      .filter(([, each]) => each.length);
    const title = sign === NOT_SHOWN ? "reason" : "condition";
    return el("li", { class: `event ${SHADES[sign]}` },
      el("p", { class: "event-name" }, signMark(sign), " ", eventLink(text(name)),
        event && event.name ? el("span", { class: "dim" }, ` ${event.name}`) : null),
      operations.length > 1 ? operations.map(([heading, each]) => line(heading, texts(each).join(", "))) : null,
      words.map((each) => line(title, text(each))),
      lacking.map((each) => line("missing", text(each))),
      event && sign !== NOT_SHOWN
        ? [fieldsOf(event, place), event.caveats.length
          ? details(counted(event.caveats.length, "caveat"), list(event.caveats)) : null]
        : null);
  };
  const pictureSensor = ([name, numbers], place) => {
    const showing = numbers.filter((number) => page.picture_events[number][1] !== NOT_SHOWN);
    const others = numbers.filter((number) => page.picture_events[number][1] === NOT_SHOWN);
    const rest = el("ul", { class: "events" }, others.map((number) => pictureEvent(number, place)));
    return el("div", { class: "sensor" }, el("h5", null, text(name)),
      showing.length ? el("ul", { class: "events" }, showing.map((number) => pictureEvent(number, place))) : null,
      !others.length ? null
        : details([`✗ ${counted(others.length, "event")} not showing it here: `,
          others.slice(0, 4).map((number) => text(page.picture_events[number][0])).join(", "),
          others.length > 4 ? " …" : ""], rest));
  };
  const pictureComponent = (number, place) => {
    const [name, label, sensors, attributes] = page.pictures[number];
    return el("li", { class: "component" },
      el("div", { class: "component-head" }, el("h4", null, linkTo(componentById.get(text(name)) || { link: "#components", id: text(name) })),
        chip(labels[label]),
        attributes.length ? el("div", null, el("p", { class: "dim" }, "What detections read under it:"),
          el("ul", { class: "fields" }, attributes.map(([field, verdict]) => fieldChip(text(field), labels[verdict])))) : null),
      el("div", { class: "sensors" }, sensors.length
        ? sensors.map((sensor) => pictureSensor(sensor, place))
        : el("p", null, "No event of any sensor is known to show it.")));
  };
  const picture = (technique, answer, place) => el("div", { class: "picture" },
    el("p", { class: "signs dim" }, page.signs.map(([mark, meaning]) => el("span", null, `${mark} ${meaning}`))),
    el("p", { class: "root" }, el("b", null, technique.id), ` ${technique.name} `, chip(answer.label)),
    answer.pictures.length
      ? el("ul", { class: "tree" }, answer.pictures.map((number) => pictureComponent(number, place)))
      : el("p", null, "ATT&CK names no data component for it on such hosts."));
