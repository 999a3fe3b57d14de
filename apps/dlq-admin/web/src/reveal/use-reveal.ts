import { useState } from "react";

/** Something read in the clear, kept in this page's memory only, until it is hidden or the page is left. */
export interface Revealed<Data> {
  data: Data;
  reason: string;
}

/** Reading in the clear, once, with a reason; every reading is audited, so it is never repeated by itself. */
export function useReveal<Data>(read: (reason: string) => Promise<Data>) {
  const [revealed, setRevealed] = useState<Revealed<Data> | null>(null);
  return {
    revealed,
    reveal: async (reason: string | undefined) => {
      const given = reason ?? "";
      setRevealed({ data: await read(given), reason: given });
    },
    hide: () => setRevealed(null),
  };
}
