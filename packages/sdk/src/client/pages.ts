/** One page of a list, newest first. */
export interface Page<Item> {
  data: Item[];
  /** Continues with older items; null on the last page. */
  next_cursor: string | null;
  /** Goes back to newer items; null on the first page. */
  prev_cursor: string | null;
}

/** A list: awaited it is one page, iterated over it is every item of this page and all that follow. */
export interface PagePromise<Item, Whole extends { data: Item[]; next_cursor: string | null } = Page<Item>>
  extends Promise<Whole>,
    AsyncIterable<Item> {
  /** This page and all that follow, one request each, made when it is asked for. */
  pages(): AsyncIterable<Whole>;
}

interface AnyPage {
  data: unknown[];
  next_cursor: string | null;
}

/** Makes a {@link PagePromise} of a first page and what reads the one at a cursor. */
export function createPages(
  first: Promise<AnyPage>,
  readAt: (cursor: string) => Promise<AnyPage>,
): PagePromise<unknown, AnyPage> {
  async function* pages(): AsyncGenerator<AnyPage> {
    let page = await first;
    yield page;
    while (page.next_cursor !== null) {
      page = await readAt(page.next_cursor);
      yield page;
    }
  }
  async function* items(): AsyncGenerator<unknown> {
    for await (const page of pages()) yield* page.data;
  }
  return Object.assign(first, { pages, [Symbol.asyncIterator]: items });
}
