/** An element of the page. @throws Error when the page has none of this id: page and script do not fit. */
export function element<T extends Element = HTMLElement>(id: string): T {
  const found = document.querySelector<T>(`#${id}`);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found;
}

/** A new element with a text in it; what the text says is never part of the page. */
export function textElement(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** Shows rows in a table; the first cell of each names it. `total` says how many there are when some were left out. */
export function showRows(id: string, rows: readonly (readonly string[])[], total: number = rows.length): void {
  const body = element(id).querySelector("tbody");
  const made = rows.map(([name = "", ...cells]) => {
    const row = document.createElement("tr");
    const head = textElement("th", name);
    head.setAttribute("scope", "row");
    head.title = name;
    row.append(head, ...cells.map((cell) => textElement("td", cell)));
    return row;
  });
  if (rows.length < total || rows.length === 0) made.push(noteRow(rows.length === 0 ? "None" : `and ${total - rows.length} more`));
  body?.replaceChildren(...made);
}

function noteRow(text: string): HTMLTableRowElement {
  const row = document.createElement("tr");
  const cell = textElement("td", text);
  cell.className = "more";
  cell.setAttribute("colspan", "9");
  row.append(cell);
  return row;
}
