import type { Subscription } from "@carewire/contracts";
import { explainError, Panel, ProblemError } from "@carewire/ui";
import { Alert, Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useState } from "react";
import { AccountField } from "./account-field.tsx";
import { CredentialsPanel } from "./credentials-panel.tsx";
import classes from "./endpoint-form.module.css";
import { type EndpointValues, fieldErrorsOf } from "./endpoint-values.ts";
import { EventPicker } from "./event-picker.tsx";
import { FormatField } from "./format-field.tsx";
import { SendingFields } from "./sending-fields.tsx";
import { urlAdvice } from "./url-advice.ts";
import { UrlField } from "./url-field.tsx";

export interface EndpointFormProps {
  initial: EndpointValues;
  /** The endpoint that is changed; null for a new one. */
  before: Subscription | null;
  submitLabel: string;
  /** False: not every choice is there yet, so it cannot be submitted. */
  isComplete?: boolean;
  onChange?: () => void;
  onSubmit: (values: EndpointValues) => Promise<void>;
  onCancel?: () => void;
}

/** Everything about an endpoint that can be chosen; what the server refuses stands at its field. */
export function EndpointForm(props: EndpointFormProps) {
  const { initial, before, submitLabel, isComplete = true, onChange, onSubmit, onCancel } = props;
  const form = useForm<EndpointValues>({ initialValues: initial, validate, onValuesChange: onChange });
  const [refusal, setRefusal] = useState<string | null>(null);
  const [advanced, setAdvanced] = useState(before !== null);
  const submit = form.onSubmit(async (values) => {
    setRefusal(null);
    try {
      await onSubmit(values);
    } catch (error) {
      const { errors, rest } = fieldErrorsOf(error instanceof ProblemError ? error.fields : []);
      form.setErrors(errors);
      if (Object.keys(errors).some((field) => !basicFields.has(field))) setAdvanced(true);
      if (Object.keys(errors).length === 0 || rest.length > 0) setRefusal(explainError(error));
    }
  });
  return (
    <form onSubmit={submit} noValidate className={classes.form}>
      <Stack gap="md">
        <BasicFields form={form} isNew={before === null} />
        {advanced ? (
          <AdvancedFields form={form} before={before} />
        ) : (
          <Group>
            <Button variant="default" onClick={() => setAdvanced(true)}>
              More options: format, filter, headers, limits
            </Button>
          </Group>
        )}
        {refusal === null ? null : (
          <Alert color="red" role="alert">
            {refusal}
          </Alert>
        )}
        <Group>
          <Button type="submit" size="sm" loading={form.submitting} disabled={!isComplete}>
            {submitLabel}
          </Button>
          {onCancel ? (
            <Button size="sm" variant="default" onClick={onCancel}>
              Cancel
            </Button>
          ) : null}
        </Group>
      </Stack>
    </form>
  );
}

const basicFields = new Set(["name", "url", "description", "events", "account_id"]);

function validate(values: EndpointValues) {
  return {
    name: values.name.trim() === "" ? "Give it a name that you will recognise." : null,
    url: values.url === null ? null : urlFault(values.url),
    events: !values.all_events && values.events.length === 0 ? "Choose at least one, or all events." : null,
    filter: isJsonObject(values.filter) ? null : notJson,
    metadata: isJsonObject(values.metadata) ? null : notJson,
    rate_limit: /^\d{0,5}$/.test(values.rate_limit) ? null : "A whole number, or nothing.",
  };
}

const notJson = "This is not a JSON object.";

function urlFault(url: string): string | null {
  const advice = urlAdvice(url);
  switch (advice.kind) {
    case "empty":
      return "Where should deliveries be sent?";
    case "wrong":
      return advice.text;
    case "doubtful":
    case "fine":
      return null;
  }
}

function isJsonObject(text: string): boolean {
  if (text.trim() === "") return true;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

type Form = UseFormReturnType<EndpointValues>;

const errorOf = (form: Form, field: string) => form.errors[field]?.toString();

function BasicFields({ form, isNew }: { form: Form; isNew: boolean }) {
  const { values } = form;
  return (
    <>
      <Panel title="Endpoint">
        <Stack gap="sm">
          {values.url === null ? null : (
            <UrlField
              value={values.url}
              onChange={(url) => form.setFieldValue("url", url)}
              error={errorOf(form, "url")}
            />
          )}
          <TextInput
            label="Name"
            placeholder="EMR sync"
            required
            maxLength={128}
            {...form.getInputProps("name")}
          />
          <Textarea
            label="Description"
            size="xs"
            autosize
            minRows={1}
            maxRows={5}
            maxLength={1_024}
            {...form.getInputProps("description")}
          />
          {isNew ? <AccountField {...form.getInputProps("account_id")} /> : null}
        </Stack>
      </Panel>
      <Panel title="Events">
        <EventPicker
          all={values.all_events}
          chosen={values.events}
          onChange={(all_events, events) => form.setValues({ all_events, events })}
          error={errorOf(form, "events")}
        />
      </Panel>
    </>
  );
}

function AdvancedFields({ form, before }: { form: Form; before: Subscription | null }) {
  const { values } = form;
  return (
    <>
      <Panel title="Format">
        <FormatField
          format={values.payload_format}
          events={values.events}
          onChange={(format) => form.setFieldValue("payload_format", format)}
        />
      </Panel>
      <Panel title="Sending">
        <Stack gap="sm">
          <SendingFields form={form} />
        </Stack>
      </Panel>
      <CredentialsPanel form={form} before={before} />
      <Panel title="Your own notes">
        <Textarea
          label="Metadata"
          description="Anything you want to keep with this endpoint, as JSON. It is never sent."
          placeholder='{"team": "integrations"}'
          autosize
          minRows={2}
          maxRows={12}
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          {...form.getInputProps("metadata")}
        />
      </Panel>
    </>
  );
}
