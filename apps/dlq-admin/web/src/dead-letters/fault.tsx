import { visibleText } from "@carewire/ui";
import { Text } from "@mantine/core";
import { IconBulb } from "@tabler/icons-react";
import type { DeadLetterDetail } from "../api/types.ts";
import classes from "./dead-letters.module.css";

/** The error, what usually helps, and where the payload differs from its schema. */
export function Fault({ letter }: { letter: DeadLetterDetail }) {
  const diff = letter.schema_diff ?? [];
  return (
    <>
      <pre className={classes.fault}>{visibleText(letter.error)}</pre>
      <div className={classes.hint}>
        <IconBulb size={16} aria-hidden="true" />
        <span>{letter.hint}</span>
      </div>
      {diff.length === 0 ? null : (
        <>
          <Text size="xs" c="dimmed" mt="md">
            Compared with the schema of {letter.topic}
          </Text>
          <ul className={classes.diff} aria-label="Differences from the schema">
            {diff.map(({ path, problem, code }) => (
              <li key={`${path} ${code} ${problem}`}>
                <code>{path === "" ? "(whole payload)" : path}</code>
                <span>{problem}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
