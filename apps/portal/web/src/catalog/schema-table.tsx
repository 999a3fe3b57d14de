import { JsonView } from "@carewire/ui";
import { Anchor, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { schemaFields } from "./schema-fields.ts";
import classes from "./schema-table.module.css";

/** The fields a schema names; the schema itself on demand. */
export function SchemaTable({ schema }: { schema: Record<string, unknown> | null }) {
  const [raw, toggle] = useDisclosure(false);
  if (schema === null) return <Text size="sm">Anything goes: nobody defined what it holds.</Text>;
  const fields = schemaFields(schema);
  return (
    <>
      {fields.length === 0 ? (
        <Text size="sm">The schema names no fields.</Text>
      ) : (
        <ul className={classes.list}>
          {fields.map(({ path, type, required, note }) => (
            <li key={path} className={classes.field}>
              <span className={`cw-mono ${classes.path}`}>{path}</span>
              <span className={`cw-mono ${classes.type}`}>{type}</span>
              {required ? <span className={classes.required}>required</span> : null}
              {note === "" ? null : <span className={classes.note}>{note}</span>}
            </li>
          ))}
        </ul>
      )}
      <Text size="xs" c="dimmed" my="xs">
        Other fields may come along: ignore what you do not know.
      </Text>
      <Anchor component="button" type="button" size="xs" aria-expanded={raw} onClick={toggle.toggle} mb="xs">
        {raw ? "Hide the JSON Schema" : "Show the JSON Schema"}
      </Anchor>
      {raw ? <JsonView value={schema} what="the JSON Schema" /> : null}
    </>
  );
}
