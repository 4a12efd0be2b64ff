  // All techniques as a list that follows the same choice as the matrix.
  let techniqueTable = null;
  const techniqueRows = () => {
    const choice = chosen();
    return techniques.map((technique) => {
      const state = stateFor(technique, choice);
      return state && wanted(technique, state, choice) ? { technique, state, choice } : null;
    }).filter(Boolean);
  };
  const drawList = () => {
    const rows = techniqueRows();
    if (!techniqueTable) {
      techniqueTable = makeTable({
        caption: "Techniques, by the profile, question and verdict chosen above",
        rows,
        columns: [
          { title: "Technique", value: ({ technique }) => technique.id,
            cell: ({ technique }) => [linkTo(technique), technique.other ? ` (${technique.other})` : "", ` ${technique.name}`] },
          { title: "Verdict", value: ({ state }) => state.rank, cell: ({ state }) => chipWithHosts(state) },
          { title: "Hosts achievable", ...NUMBER, value: ({ state }) => state.n / state.m,
            cell: ({ state }) => `${state.n.toLocaleString("en")} of ${state.m.toLocaleString("en")}` },
          { title: "Rules that can fire", ...NUMBER,
            value: ({ technique, choice }) => ruleCounts(technique, choice.profile)[0],
            cell: ({ technique, choice }) => {
              const [fires, total] = ruleCounts(technique, choice.profile);
              return total ? `${fires} of ${total}` : "";
            } },
        ],
      });
      control("list").append(techniqueTable.element);
    } else {
      techniqueTable.show(rows);
    }
    control("count").textContent = `${rows.length} of ${techniques.length} techniques`;
  };
