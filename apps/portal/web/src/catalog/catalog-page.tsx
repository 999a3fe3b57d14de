import { AppLink, EmptyState, Loaded, PageHeader, Panel, rowLink, searchField } from "@carewire/ui";
import { Badge, Stack, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import classes from "./catalog-page.module.css";

type EventType = Answer<"GET /v1/event-types">["data"][number];

/** Every event type there is, by domain. */
export function CatalogPage() {
  const { q = "" } = useSearch({ strict: false }) as { q?: string };
  const navigate = useNavigate();
  const types = useQuery(apiQuery("GET /v1/event-types", {}));
  return (
    <>
      <PageHeader
        title="Event catalog"
        description="What you can subscribe to: when it happens, what it holds, and code that receives it."
      />
      <TextInput
        aria-label="Search the catalog"
        placeholder="Search by name, domain or description"
        leftSection={<IconSearch size={14} />}
        value={q}
        onChange={(event) => {
          const text = event.currentTarget.value;
          void navigate({
            to: "/catalog" as ".",
            search: (text === "" ? {} : { q: text }) as never,
            replace: true,
          });
        }}
        maw={420}
        mb="md"
        {...searchField}
      />
      <Loaded query={types}>
        {({ data }) => <Domains types={data.filter((type) => matches(type, q))} />}
      </Loaded>
    </>
  );
}

const matches = ({ type, domain, description }: EventType, search: string): boolean =>
  `${type} ${domain} ${description}`.toLowerCase().includes(search.trim().toLowerCase());

function Domains({ types }: { types: EventType[] }) {
  if (types.length === 0)
    return <EmptyState title="No event type matches">Try a part of its name.</EmptyState>;
  return (
    <Stack gap="md">
      {Array.from(
        Map.groupBy(types, ({ domain }) => domain),
        ([domain, members]) => (
          <Panel key={domain} title={domain} padding="none">
            <ul className={classes.list}>
              {members.map(({ type, description, source }) => (
                <li key={type} className={classes.item}>
                  <AppLink to={`/catalog/${type}`} className={classes.link} {...rowLink}>
                    <span className={`cw-mono ${classes.type}`}>{type}</span>
                    <span className={classes.description}>{description}</span>
                    {source === "organization" ? (
                      <Badge size="xs" variant="light" tt="none">
                        yours
                      </Badge>
                    ) : null}
                  </AppLink>
                </li>
              ))}
            </ul>
          </Panel>
        ),
      )}
    </Stack>
  );
}
