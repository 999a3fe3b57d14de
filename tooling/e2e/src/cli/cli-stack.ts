import {
  type ChildProgram,
  eventually,
  type RecordedRequest,
  startTcpProxy,
  type TcpProxy,
} from "@carewire/testkit";
import { createApiClient } from "../world/api-client.ts";
import { stripeSecret } from "../world/app-settings.ts";
import { createWorld, type World } from "../world/create-world.ts";
import { buildCli, type CliProgram } from "./cli-program.ts";
import { createOperatorKey } from "./operator-key.ts";

type Said = Record<string, unknown>;

/** A local stack as the CLI finds it, and what tests do with both. */
export interface CliStack {
  world: World;
  cli: CliProgram;
  /** Between the CLI and the API. */
  proxy: TcpProxy;
  /** May do everything the CLI does. */
  key: string;
  /** Runs a command to its end and returns the JSON it printed; throws when it failed. */
  json(...args: string[]): Promise<Said>;
  /** Starts `listen` and waits until it is ready. */
  listen(...more: string[]): Promise<{ program: ChildProgram; ready: Said }>;
  /** Publishes an event, past the proxy; returns its id. */
  publish(order: string): Promise<string>;
  receivedOf(id: string): RecordedRequest[];
  /** Resolves when no delivery is open any more. */
  allDelivered(): Promise<void>;
  /** Kills the API and starts another one in its place. */
  replaceApi(): Promise<void>;
  close(): Promise<void>;
}

/** The JSON lines that a program printed so far. */
export const said = (program: ChildProgram): Said[] =>
  program
    .output()
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Said] : []));

/** Ctrl-C; resolves with how the program ended. */
export function interrupt(program: ChildProgram) {
  program.kill("SIGINT");
  return program.exited;
}

async function startApps(world: World, key: string, cli: CliProgram) {
  const [api, ingress, dispatcher, dlqAdmin] = await Promise.all([
    world.start("subscriptions-api"),
    world.start("ingress-payments"),
    world.start("dispatcher"),
    world.start("dlq-admin"),
  ]);
  const proxy = await startTcpProxy({ target: { port: Number(new URL(api.url).port) } });
  const urls = {
    "subscriptions-api": `http://127.0.0.1:${proxy.port}`,
    "ingress-payments": ingress.url,
    "dlq-admin": dlqAdmin.url,
  };
  const secrets = { STRIPE_WEBHOOK_SECRET: stripeSecret };
  cli.writeDemo({ api_key: key, admin_api_key: key, urls, secrets, pids: { dispatcher: dispatcher.pid } });
  return { api, proxy };
}

export async function startCliStack(): Promise<CliStack> {
  const [world, cli] = await Promise.all([createWorld(), buildCli()]);
  const key = await createOperatorKey(world.sql, world.tenant.organizationId);
  const { proxy, ...apps } = await startApps(world, key, cli);
  let { api } = apps;
  const forwardTo = `${world.receiver.url}/hooks`;
  return {
    ...{ world, cli, proxy, key },
    async json(...args) {
      const { code, stdout, stderr } = await cli.run([...args, "--json"]);
      if (code !== 0) throw new Error(`carewire ${args.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as Said;
    },
    async listen(...more) {
      const program = await cli.start(["listen", "--forward-to", forwardTo, "--json", ...more]);
      const find = () => said(program).find(({ kind }) => kind === "ready");
      return {
        program,
        ready: await eventually(find, { description: "listen to be ready" }),
      };
    },
    async publish(order) {
      const body = { type: "order.paid", data: { order_id: order, customer_id: "c-1" } };
      return (await createApiClient({ url: api.url, key }).post<{ id: string }>("/v1/events", body)).id;
    },
    receivedOf: (id) => world.receiver.requests().filter(({ headers }) => headers["webhook-id"] === id),
    async allDelivered() {
      const isOver = async () => {
        const [row] = await world.sql`select count(*)::int open from deliveries where status in (0, 1)`;
        return row?.open === 0;
      };
      await eventually(isOver, { description: "all to be delivered" });
    },
    async replaceApi() {
      api.kill("SIGKILL");
      await api.exited;
      api = await world.start("subscriptions-api", { PORT: new URL(api.url).port });
    },
    async close() {
      await proxy.close();
      await world.close();
      cli.remove();
    },
  };
}
