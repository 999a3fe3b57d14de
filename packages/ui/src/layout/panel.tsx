import { type ReactNode, useId } from "react";
import classes from "./panel.module.css";

export interface PanelProps {
  title: string;
  /** At the right of the title. */
  end?: ReactNode;
  /** `none` lets the content reach the border, as a table does. */
  padding?: "usual" | "none";
  children: ReactNode;
}

/** A titled surface. */
export function Panel({ title, end, padding = "usual", children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 className={classes.title} id={id}>
          {title}
        </h2>
        {end}
      </div>
      <div className={classes[padding]}>{children}</div>
    </section>
  );
}
