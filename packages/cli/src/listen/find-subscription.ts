import type { CommandContext } from "../command-context.ts";

export interface StreamSubscription {
  id: string;
  name: string;
  events: string[];
  isNew: boolean;
}

interface Listed {
  id: string;
  name: string;
  events: string[];
  active: boolean;
  transport?: string;
}

const namePattern = /[^\w.-]/g;

/** The same on every start on this machine with this profile. */
export const defaultName = (hostname: string, profile: string): string =>
  `carewire listen on ${hostname.replace(namePattern, "-")}${profile === "default" ? "" : ` (${profile})`}`.slice(
    0,
    128,
  );

async function findByName({ client }: CommandContext, name: string): Promise<Listed | null> {
  for await (const item of client().subscriptions.list({ limit: 200 })) {
    const listed = item as unknown as Listed;
    if (listed.name === name && listed.transport === "stream") return listed;
  }
  return null;
}

const isSame = (a: readonly string[], b: readonly string[]) =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

/**
 * The subscription to listen to: the one of this name when there is one, brought in line with what is asked for, else a
 * new one. What came for it while nobody listened comes first.
 */
export async function findOrCreateSubscription(
  context: CommandContext,
  { name, events }: { name: string; events: string[] | undefined },
): Promise<StreamSubscription> {
  const known = await findByName(context, name);
  if (known === null) {
    const description = "Made by carewire listen; its deliveries go to a developer's machine.";
    const body = { name, description, transport: "stream", events: events ?? ["*"] };
    const made = await context.api()({ method: "POST", path: "/v1/subscriptions", body });
    return { id: String(made.id), name, events: made.events as string[], isNew: true };
  }
  const change: { events?: string[]; active?: true } = {};
  if (events !== undefined && !isSame(events, known.events)) change.events = events;
  if (!known.active) change.active = true;
  if (Object.keys(change).length > 0) await context.client().subscriptions.update(known.id, change);
  return { id: known.id, name, events: change.events ?? known.events, isNew: false };
}
