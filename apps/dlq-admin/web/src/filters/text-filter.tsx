import { searchField } from "@carewire/ui";
import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useFilters } from "./use-filters.ts";

const typingMs = 350;

export interface TextFilterProps {
  name: string;
  label: string;
  placeholder?: string;
  /** `first`: the one that / goes to. */
  place?: "first" | "other";
}

/** A filter to type in; applied when typing pauses. */
export function TextFilter({ name, label, placeholder, place = "other" }: TextFilterProps) {
  const [filters, change] = useFilters();
  const applied = filters[name] ?? "";
  const [text, setText] = useState(applied);
  const sent = useRef(applied);
  const apply = useDebouncedCallback((value: string) => {
    sent.current = value.trim();
    change({ [name]: sent.current || null });
  }, typingMs);
  // What was typed here comes back trimmed, and maybe after the next letter; only what came from elsewhere is taken over.
  useEffect(() => {
    if (applied === sent.current) return;
    sent.current = applied;
    apply.cancel();
    setText(applied);
  }, [applied, apply]);
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      leftSection={place === "first" ? <IconSearch size={14} /> : undefined}
      maxLength={128}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
      {...(place === "first" ? searchField : {})}
    />
  );
}
