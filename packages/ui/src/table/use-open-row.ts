import { useNavigate } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import { splitPath } from "../url/search-params.ts";

/** A click anywhere on a row follows its link, but not one on something of its own in it, nor the end of selecting text. */
export function useOpenRow(to: string | undefined): ((event: MouseEvent<HTMLElement>) => void) | undefined {
  const navigate = useNavigate();
  if (to === undefined) return undefined;
  return (event) => {
    const target = event.target as HTMLElement;
    if (target.closest("a, button, input, label") || window.getSelection()?.toString()) return;
    const { path, search } = splitPath(to);
    void navigate({ to: path as ".", search: search as never });
  };
}
