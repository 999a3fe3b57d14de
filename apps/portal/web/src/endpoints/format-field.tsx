import { JsonView } from "@carewire/ui";
import { Input, Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { apiQuery } from "../api/queries.ts";
import { bodyPreview, formatNotes, type PayloadFormat } from "../formats/body-preview.ts";
import classes from "./format-field.module.css";

export interface FormatFieldProps {
  format: PayloadFormat;
  /** Event types that the preview may show; the first with a sample is taken. */
  events: string[];
  onChange: (format: PayloadFormat) => void;
}

const formats: PayloadFormat[] = ["envelope", "event", "flat", "thin"];

/** The shape of bodies, with what one looks like in it. */
export function FormatField({ format, events, onChange }: FormatFieldProps) {
  const types = useQuery(apiQuery("GET /v1/event-types", {}));
  const withSample = (types.data?.data ?? []).filter(({ example }) => example !== null);
  const shown =
    withSample.find(({ patterns }) => patterns.some((pattern) => events.includes(pattern))) ??
    withSample.find(({ type }) => type === "order.paid") ??
    withSample[0];
  const preview =
    shown === undefined
      ? null
      : bodyPreview(format, {
          id: "evt_01kjmma2zme008000000000001",
          type: shown.type,
          created_at: "2026-03-01T12:00:00.000Z",
          data: shown.example,
          subscription_id: "sub_01kjng0000e008000000000003",
          thin: shown.thin,
        });
  return (
    <Input.Wrapper label="Payload format" labelElement="div">
      <div className={classes.columns}>
        <Radio.Group
          value={format}
          onChange={(value) => onChange(value as PayloadFormat)}
          aria-label="Payload format"
        >
          <Stack gap="xs" mt={6}>
            {formats.map((value) => (
              <Radio
                key={value}
                size="xs"
                value={value}
                label={formatNotes[value].label}
                description={formatNotes[value].note}
              />
            ))}
          </Stack>
        </Radio.Group>
        {preview === null ? null : (
          <div className={classes.preview}>
            <Text size="xs" c="dimmed" mb={4}>
              What {shown?.type} looks like
            </Text>
            <JsonView value={preview} what={`${shown?.type} in the format ${format}`} />
          </div>
        )}
      </div>
    </Input.Wrapper>
  );
}
