import { EmptyState, JsonView, Loaded } from "@carewire/ui";
import { Anchor, Badge, Button, Checkbox, Group, Pill, Stack, Text, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronRight, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { chosenThrough, isPattern, togglePattern } from "./event-choice.ts";
import classes from "./event-picker.module.css";

type EventType = Answer<"GET /v1/event-types">["data"][number];

export interface EventPickerProps {
  all: boolean;
  chosen: string[];
  onChange: (all: boolean, chosen: string[]) => void;
  error?: string;
}

/** Chooses event types from the catalog, one by one or a whole group, with what each of them looks like. */
export function EventPicker({ all, chosen, onChange, error }: EventPickerProps) {
  const [more, setMore] = useState(chosen.length > 0);
  const patterns = all ? ["*", ...chosen] : chosen;
  const toggle = (pattern: string) => onChange(all, togglePattern(chosen, pattern));
  return (
    <Stack gap="xs">
      <Checkbox
        label="All events"
        description="Every event type, also those that come later."
        checked={all}
        onChange={(event) => onChange(event.currentTarget.checked, chosen)}
      />
      <Chosen chosen={chosen} onRemove={toggle} />
      {all && !more ? (
        <Anchor component="button" type="button" size="xs" w="fit-content" onClick={() => setMore(true)}>
          Add events about your endpoints themselves
        </Anchor>
      ) : (
        <TypeList all={all} patterns={patterns} error={error} onToggle={toggle} />
      )}
    </Stack>
  );
}

interface TypeListProps {
  all: boolean;
  patterns: string[];
  error: string | undefined;
  onToggle: (pattern: string) => void;
}

/** The catalog to choose from; with all events chosen, only what those do not include. */
function TypeList({ all, patterns, error, onToggle }: TypeListProps) {
  const types = useQuery(apiQuery("GET /v1/event-types", {}));
  const [search, setSearch] = useState("");
  return (
    <>
      <TextInput
        aria-label="Search event types"
        placeholder="Search event types, or type a pattern such as order.*"
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        error={error}
      />
      <div className={classes.list} data-short={all ? "" : undefined}>
        <Loaded query={types}>
          {({ data }) => (
            <Types
              types={data.filter((type) => matches(type, search) && !(all && type.patterns.includes("*")))}
              patterns={patterns}
              search={search.trim()}
              onToggle={onToggle}
            />
          )}
        </Loaded>
      </div>
    </>
  );
}

function Chosen({ chosen, onRemove }: { chosen: string[]; onRemove: (pattern: string) => void }) {
  if (chosen.length === 0) return null;
  return (
    <Pill.Group>
      {chosen.map((pattern) => (
        <Pill
          key={pattern}
          withRemoveButton
          onRemove={() => onRemove(pattern)}
          removeButtonProps={{ "aria-label": `Remove ${pattern}`, tabIndex: 0, "aria-hidden": false }}
        >
          {pattern}
        </Pill>
      ))}
    </Pill.Group>
  );
}

const matches = ({ type, description, domain }: EventType, search: string): boolean =>
  `${type} ${description} ${domain}`.toLowerCase().includes(search.trim().toLowerCase().replace(/\*$/, ""));

interface TypesProps {
  types: EventType[];
  patterns: string[];
  search: string;
  onToggle: (pattern: string) => void;
}

function Types({ types, patterns, search, onToggle }: TypesProps) {
  const groups = Map.groupBy(types, ({ type }) => type.split(".", 1)[0] ?? type);
  const offered =
    isPattern(search) && !patterns.includes(search) && !types.some(({ type }) => type === search);
  return (
    <>
      {offered ? (
        <Group p="xs">
          <Button variant="light" onClick={() => onToggle(search)}>
            Add “{search}”
          </Button>
        </Group>
      ) : null}
      {types.length === 0 && !offered ? (
        <EmptyState title="No such event type">Other names can be added too: type them in full.</EmptyState>
      ) : null}
      {Array.from(groups, ([prefix, members]) => (
        <fieldset key={prefix} className={classes.group}>
          <GroupHead prefix={prefix} members={members} patterns={patterns} onToggle={onToggle} />
          {members.map((type) => (
            <TypeRow key={type.type} type={type} patterns={patterns} onToggle={onToggle} />
          ))}
        </fieldset>
      ))}
    </>
  );
}

interface GroupHeadProps extends Omit<TypesProps, "types" | "search"> {
  prefix: string;
  members: EventType[];
}

function GroupHead({ prefix, members, patterns, onToggle }: GroupHeadProps) {
  const pattern = `${prefix}.*`;
  const throughAll = members.every((type) => chosenThrough(patterns, type.type, type.patterns) === "*");
  return (
    <legend className={classes.head}>
      <Checkbox
        size="xs"
        label={<span className="cw-mono">{pattern}</span>}
        checked={throughAll || patterns.includes(pattern)}
        disabled={throughAll}
        onChange={() => onToggle(pattern)}
      />
      <Text size="xs" c="dimmed">
        {members[0]?.domain}
      </Text>
    </legend>
  );
}

interface TypeRowProps extends Omit<TypesProps, "types" | "search"> {
  type: EventType;
}

function TypeRow({ type, patterns, onToggle }: TypeRowProps) {
  const [open, setOpen] = useState(false);
  const through = chosenThrough(patterns, type.type, type.patterns);
  return (
    <div className={classes.type}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Checkbox
          size="xs"
          label={<span className="cw-mono">{type.type}</span>}
          description={type.description}
          checked={through !== null || patterns.includes(type.type)}
          disabled={through !== null}
          onChange={() => onToggle(type.type)}
        />
        {type.source === "organization" ? (
          <Badge size="xs" variant="light" tt="none">
            yours
          </Badge>
        ) : null}
        <Anchor
          component="button"
          type="button"
          size="xs"
          className={classes.sample}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? <IconChevronDown size={13} /> : <IconChevronRight size={13} />}
          Sample
        </Anchor>
      </Group>
      {open ? (
        <div className={classes.example}>
          {type.example === null ? (
            <Text size="xs">There is no sample of this type.</Text>
          ) : (
            <JsonView value={type.example} what={`the sample of ${type.type}`} />
          )}
        </div>
      ) : null}
    </div>
  );
}
