import { Link, type LinkProps } from "@tanstack/react-router";
import type { AnchorHTMLAttributes } from "react";

export interface AppLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  /** A path of this application. */
  to: string;
  search?: Record<string, string | undefined>;
  /** Marks the link while its page, or one below it, is open. */
  activeProps?: LinkProps["activeProps"];
  activeOptions?: LinkProps["activeOptions"];
}

/** A link within the application. Its routes are not known here, so a path is any text. */
export function AppLink({ to, search, ...rest }: AppLinkProps) {
  return <Link {...(rest as object)} to={to as "."} search={search as never} />;
}
