const header = "x-portal-session";
const changed = "changed";

// Of the session this page is drawn for, as the server said it last; null: it never did.
let mark: string | null = null;

/** What a request says of the session its page is drawn for, so that nothing is done as somebody else. */
export const sessionMarkHeaders = (): Record<string, string> => (mark === null ? {} : { [header]: mark });

/** The same for the address of a live view, which browsers open without headers. */
export const sessionMarkQuery = (): string => (mark === null ? "" : `?portal_session=${mark}`);

/** Whether an answer says that the browser's session is another one by now. */
export const isSessionChange = (headers: Headers): boolean => headers.get(header) === changed;

/** Takes over what the answer about the session says. */
export function keepSessionMark(headers: Headers): void {
  const given = headers.get(header);
  if (given !== null && given !== changed) mark = given;
}
