import { NumberInput, Select, SimpleGrid, Textarea, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { EndpointValues } from "./endpoint-values.ts";
import { signatureNames } from "./signature-names.ts";

const signatures = Object.entries({ ...signatureNames, none: "None: anyone could send to you" }).map(
  ([value, label]) => ({ value, label }),
);

/** How deliveries are signed, repeated, ordered and limited. */
export function SendingFields({ form }: { form: UseFormReturnType<EndpointValues> }) {
  const { values } = form;
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="Signature"
          description="How your server knows that a request is ours."
          allowDeselect={false}
          data={signatures}
          {...form.getInputProps("signature_scheme")}
        />
        {values.signature_scheme === "standard-webhooks" ? (
          <Select
            label="Key"
            description="With a key pair, whoever verifies cannot sign."
            allowDeselect={false}
            data={[
              { value: "hmac", label: "Shared secret (HMAC-SHA256)" },
              { value: "ed25519", label: "Key pair (Ed25519)" },
            ]}
            {...form.getInputProps("key_type")}
          />
        ) : null}
        <Select
          label="Counts as delivered"
          description="Which answers of your server mean success."
          allowDeselect={false}
          data={[
            { value: "2xx", label: "Any 2xx" },
            { value: "200", label: "Exactly 200" },
          ]}
          {...form.getInputProps("success_codes")}
        />
        <Select
          label="Retries"
          description="After 5 s, 5 min, 30 min, 2 h, 5 h, then every 10 h."
          allowDeselect={false}
          data={[
            { value: "exponential", label: "Retry with growing pauses" },
            { value: "none", label: "Never retry" },
          ]}
          {...form.getInputProps("retry_policy")}
        />
        {values.retry_policy === "none" ? null : (
          <NumberInput
            size="xs"
            label="Retries at most"
            description="After the first try; 7 take about 28 hours."
            min={0}
            max={20}
            {...form.getInputProps("max_retries")}
          />
        )}
        {values.url === null ? null : (
          <TextInput
            label="Rate limit"
            description="Requests per second at most; empty: as fast as your server answers."
            inputMode="numeric"
            {...form.getInputProps("rate_limit")}
          />
        )}
        <Select
          label="Order"
          description="In order: one at a time per subject; a failing one holds up those behind it."
          allowDeselect={false}
          data={[
            { value: "none", label: "As fast as possible, in any order" },
            { value: "fifo", label: "In order, per subject" },
          ]}
          {...form.getInputProps("ordering")}
        />
      </SimpleGrid>
      <Textarea
        label="Filter"
        description="Conditions on the data, as JSON. Only events that meet all of them are sent; empty: all."
        placeholder='{"amount": {"$gte": 100}, "customer.region": "US-TX"}'
        autosize
        minRows={2}
        maxRows={12}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        {...form.getInputProps("filter")}
      />
    </>
  );
}
