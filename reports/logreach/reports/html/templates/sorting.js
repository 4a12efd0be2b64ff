  // A table with a caption, sortable by buttons in its heads; long ones show their first rows.
  const makeTable = ({ caption, columns, rows, most = 50, empty = "None.", words }) => {
    let shown = rows;
    let all = false;
    let sorted = { column: -1, way: 1 };
    const body = el("tbody");
    const more = el("button", { type: "button", class: "more", onclick: () => { all = true; draw(); } });
    const heads = columns.map((column, place) => {
      const head = el("th", { scope: "col", class: column.class });
      if (!column.value) {
        head.append(column.title);
        return head;
      }
      head.append(el("span", { class: "on-paper" }, column.title), el("button", { type: "button", onclick: () => sort(place) }, column.title,
        el("span", { class: "arrow", "aria-hidden": "true" })));
      head.setAttribute("aria-sort", "none");
      return head;
    });
    const draw = () => {
      const drawn = all ? shown : shown.slice(0, most);
      body.replaceChildren(...drawn.map((row) => el("tr", null, columns.map((column, place) => {
        const cell = column.cell(row);
        return place === 0
          ? el("th", { scope: "row", class: column.class }, cell)
          : el("td", { class: column.class }, cell);
      }))));
      if (!shown.length) body.append(el("tr", null, el("td", { colspan: columns.length }, empty)));
      more.hidden = drawn.length === shown.length;
      more.textContent = `Show all ${shown.length.toLocaleString("en")}`;
    };
    const order = () => {
      if (sorted.column < 0) return;
      const { value } = columns[sorted.column];
      shown = [...shown].sort((first, second) => {
        const [a, b] = [value(first), value(second)];
        return sorted.way * (typeof a === "number" && typeof b === "number" ? a - b : byText(a, b));
      });
    };
    const sort = (place) => {
      const number = columns[place].number;
      const way = sorted.column === place ? -sorted.way : number ? -1 : 1;
      sorted = { column: place, way };
      heads.forEach((head, at) => {
        if (columns[at].value) {
          head.setAttribute("aria-sort", at !== place ? "none" : way === 1 ? "ascending" : "descending");
        }
      });
      order();
      draw();
    };
    const wrap = el("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption },
      el("table", null, el("caption", null, caption), el("thead", null, el("tr", null, heads)), body));
    draw();
    // `words` gives the text of a row by which the table is narrowed.
    const narrow = words && rows.length > NARROWED ? el("label", { class: "narrow" }, "Words ",
      el("input", { type: "search", autocomplete: "off", oninput: (event) => {
        const typed = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
        shown = rows.filter((row) => typed.every((word) => words(row).toLowerCase().includes(word)));
        order();
        draw();
      } })) : null;
    return {
      element: el("div", null, narrow, wrap, more),
      show: (some) => { shown = some; order(); draw(); },
      showAll: () => { all = true; draw(); },
    };
  };
  const NARROWED = 10;
  const NUMBER = { class: "n", number: true };
