import { Fragment, type ReactNode } from "react";
import classes from "./key-value.module.css";

export interface KeyValueProps {
  /** Names and values, in order; null values are left out. */
  items: [name: string, value: ReactNode][];
}

/** Facts about one thing. */
export function KeyValue({ items }: KeyValueProps) {
  return (
    <dl className={classes.list}>
      {items
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
