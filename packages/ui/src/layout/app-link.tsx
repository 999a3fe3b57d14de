import { Link, type LinkProps } from "@tanstack/react-router";
import type { AnchorHTMLAttributes } from "react";
import { splitPath } from "../url/search-params.ts";

export interface AppLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  /** A path of this application, with its query if it has one. */
  to: string;
  /** Marks the link while its page, or one below it, is open. */
  activeProps?: LinkProps["activeProps"];
  activeOptions?: LinkProps["activeOptions"];
}

/** A link within the application. Its routes are not known here, so a path is any text. */
export function AppLink({ to, ...rest }: AppLinkProps) {
  const { path, search } = splitPath(to);
  return <Link {...(rest as object)} to={path as "."} search={search as never} />;
}
