/** Put on the link that opens a row, so that j and k find it; Enter then opens it like any link. */
export const rowLink = { "data-row-link": "" };
/** Put on the field that / goes to. */
export const searchField = { "data-search-field": "" };

/** Moves the focus among the rows of the page: 1 for the next one, -1 for the one before. */
export function focusRow(step: 1 | -1): void {
  const links = Array.from(document.querySelectorAll<HTMLElement>("main [data-row-link]"));
  const current = links.indexOf(document.activeElement as HTMLElement);
  const wanted = current === -1 ? (step === 1 ? 0 : links.length - 1) : current + step;
  const link = links[Math.min(Math.max(wanted, 0), links.length - 1)];
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
}

/** Focuses the page's search field, or the first field it has. */
export function focusSearch(): void {
  const field =
    document.querySelector<HTMLElement>("main [data-search-field]") ??
    document.querySelector<HTMLElement>("main input:not([type=hidden]):not([type=checkbox])");
  field?.focus();
}
