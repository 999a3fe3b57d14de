import { TextInput } from "@mantine/core";
import { useEffect, useState } from "react";

export interface TextFilterProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** A filter that is typed, in force on Enter or when left. */
export function TextFilter({ label, value, onChange }: TextFilterProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(text.trim());
      }}
    >
      <TextInput
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => (text.trim() === value ? undefined : onChange(text.trim()))}
        w={150}
      />
    </form>
  );
}
