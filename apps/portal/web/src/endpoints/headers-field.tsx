import { ActionIcon, Button, Checkbox, Group, Input, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { HeaderLine } from "./endpoint-values.ts";

export interface HeadersFieldProps {
  label: string;
  description: string;
  lines: HeaderLine[];
  onChange: (lines: HeaderLine[]) => void;
  error?: string;
  /** Hides what is typed, and offers to keep what is there. */
  secret?: { names: string[]; kept: boolean; onKeep: (kept: boolean) => void };
}

/** Headers that go along with every delivery. */
export function HeadersField({ label, description, lines, onChange, error, secret }: HeadersFieldProps) {
  const change = (index: number, part: Partial<HeaderLine>) =>
    onChange(lines.map((line, at) => (at === index ? { ...line, ...part } : line)));
  const kept = secret !== undefined && secret.names.length > 0 && secret.kept;
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <Stack gap={6} mt={6}>
        {secret !== undefined && secret.names.length > 0 ? (
          <Checkbox
            size="xs"
            label={`Keep ${secret.names.join(", ")} as they are`}
            checked={secret.kept}
            onChange={(event) => secret.onKeep(event.currentTarget.checked)}
          />
        ) : null}
        {kept
          ? null
          : lines.map((line, index) => (
              <Group key={index} gap={6} wrap="nowrap">
                <TextInput
                  aria-label={`Name of header ${index + 1}`}
                  placeholder="X-Tenant"
                  value={line.name}
                  onChange={(event) => change(index, { name: event.currentTarget.value })}
                  style={{ flex: 2 }}
                />
                <TextInput
                  aria-label={`Value of header ${index + 1}`}
                  placeholder="clinic-7"
                  type={secret === undefined ? "text" : "password"}
                  autoComplete="off"
                  value={line.value}
                  onChange={(event) => change(index, { value: event.currentTarget.value })}
                  style={{ flex: 3 }}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove header ${index + 1}`}
                  onClick={() => onChange(lines.filter((_, at) => at !== index))}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              </Group>
            ))}
        {kept ? null : (
          <Group>
            <Button
              variant="subtle"
              size="compact-xs"
              leftSection={<IconPlus size={13} />}
              onClick={() => onChange([...lines, { name: "", value: "" }])}
            >
              Add a header
            </Button>
          </Group>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
