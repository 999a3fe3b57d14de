import type { ReactNode } from "react";
import { AppLink } from "../layout/app-link.tsx";
import classes from "./stat-tile.module.css";

export interface StatTileProps {
  label: string;
  value: ReactNode;
  /** Below the value: what it is compared with. */
  note?: ReactNode;
  tone?: "usual" | "warn" | "bad";
  /** Where the number is explained. */
  to?: string;
}

/** Numbers side by side. */
export function StatGrid({ children }: { children: ReactNode }) {
  return <div className={classes.grid}>{children}</div>;
}

/** One number, what it is, and what to make of it. */
export function StatTile({ label, value, note, tone = "usual", to }: StatTileProps) {
  const content = (
    <>
      <span className={classes.label}>{label}</span>
      <span className={classes.value}>{value}</span>
      {note === undefined ? null : <span className={classes.note}>{note}</span>}
    </>
  );
  const className = `${classes.tile} ${classes[tone] ?? ""}`;
  return to === undefined ? (
    <div className={className}>{content}</div>
  ) : (
    <AppLink to={to} className={className}>
      {content}
    </AppLink>
  );
}
