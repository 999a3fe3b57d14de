import { CopyButton, visibleText } from "@carewire/ui";
import { Text } from "@mantine/core";
import classes from "./header-table.module.css";

export interface HeaderTableProps {
  headers: Record<string, unknown> | null;
  label: string;
}

/** Headers as `name: value` lines. */
export const headerLines = (headers: Record<string, unknown>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join("\n");

/** Headers as they were sent or answered, as text and nothing else. */
export function HeaderTable({ headers, label }: HeaderTableProps) {
  if (headers === null || Object.keys(headers).length === 0) {
    return <Text size="sm">There were none.</Text>;
  }
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={label}>
        <tbody>
          {Object.entries(headers).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{visibleText(name)}</th>
              <td>{visibleText(String(value))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <span className={classes.copy}>
        <CopyButton text={headerLines(headers)} what={label.toLowerCase()} />
      </span>
    </div>
  );
}
