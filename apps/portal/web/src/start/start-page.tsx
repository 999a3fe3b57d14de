import { AppLink, Loaded, PageHeader, StatusBadge } from "@carewire/ui";
import { Button, Text } from "@mantine/core";
import { IconArrowRight, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { apiQuery } from "../api/queries.ts";
import type { Answer } from "../api/routes.ts";
import { ScopedButton } from "../session/scoped-button.tsx";
import classes from "./start-page.module.css";

type Endpoint = Answer<"GET /v1/subscriptions">["data"][number];

const watchIntervalMs = 3_000;

/** From nothing to a first delivery, in three steps that tick themselves off. */
export function StartPage() {
  const endpoints = useQuery({
    ...apiQuery("GET /v1/subscriptions", { query: { limit: 1 } }),
    refetchInterval: watchIntervalMs,
  });
  return (
    <>
      <PageHeader
        title="Get started"
        description="Hear about events the moment they happen: each is sent to your server as a signed POST."
      />
      <Loaded query={endpoints}>{({ data }) => <Steps endpoint={data[0] ?? null} />}</Loaded>
    </>
  );
}

function Steps({ endpoint }: { endpoint: Endpoint | null }) {
  const navigate = useNavigate();
  const delivered = useQuery({
    ...apiQuery("GET /v1/deliveries", { query: { status: "delivered", limit: 1 } }),
    refetchInterval: watchIntervalMs,
  });
  const first = delivered.data?.data[0] ?? null;
  return (
    <ol className={classes.steps}>
      <Step n={1} title="Add an endpoint" done={endpoint !== null}>
        {endpoint === null ? (
          <>
            <Text size="sm">
              The URL of your server that shall receive events. No server yet? Any URL you control will do.
            </Text>
            <ScopedButton
              scope="subscriptions:write"
              mt="sm"
              rightSection={<IconArrowRight size={15} />}
              onClick={() => void navigate({ to: "/endpoints/new" as "." })}
            >
              Add endpoint
            </ScopedButton>
          </>
        ) : (
          <Text size="sm">
            <AppLink to={`/endpoints/${endpoint.id}`}>{endpoint.name}</AppLink> is there.
          </Text>
        )}
      </Step>
      <Step n={2} title="Verify the signature" done={first !== null}>
        <Text size="sm">
          A few lines of code that make sure a request is ours. Every event type in the{" "}
          <AppLink to="/catalog">catalog</AppLink> comes with them, in JavaScript, Python, Go and PHP.
        </Text>
      </Step>
      <Step n={3} title="Get a first delivery" done={first !== null}>
        {first === null ? (
          <>
            <Text size="sm">
              Send a test and see at once what your server answered. This page notices when it arrived.
            </Text>
            {endpoint === null ? null : (
              <Button
                mt="sm"
                variant="default"
                rightSection={<IconArrowRight size={15} />}
                onClick={() =>
                  void navigate({ to: `/endpoints/${endpoint.id}` as ".", search: { tab: "try" } as never })
                }
              >
                Send a test
              </Button>
            )}
          </>
        ) : (
          <Text size="sm">
            <StatusBadge status="delivered" />{" "}
            <AppLink to={`/deliveries/${first.id}`} className="cw-mono">
              {first.event_type}
            </AppLink>{" "}
            arrived. From here on it happens by itself.
          </Text>
        )}
      </Step>
    </ol>
  );
}

interface StepProps {
  n: number;
  title: string;
  done: boolean;
  children: ReactNode;
}

const Step = ({ n, title, done, children }: StepProps) => (
  <li className={classes.step} data-done={done ? "" : undefined}>
    <span className={classes.n}>{done ? <IconCheck size={16} aria-label="Done" /> : n}</span>
    <div>
      <h2 className={classes.title}>{title}</h2>
      {children}
    </div>
  </li>
);
