import { rm } from "node:fs/promises";
import type { ChildProgram } from "./child-program.ts";

/** A server that one test owns. It keeps its port and its data over `crash` and `start`. */
export type ThrowawayServer = {
  url: string;
  port: number;
  /** Kills it with SIGKILL and waits until it is gone. */
  crash(): Promise<void>;
  /** Starts it again with the data it left. Throws when it is already running. */
  start(): Promise<void>;
  /** Kills it and removes its data. */
  remove(): Promise<void>;
};

/** Wraps the starting of a server program with the life cycle of a {@link ThrowawayServer}, and starts it. */
export async function startThrowawayServer(server: {
  url: string;
  port: number;
  folder: string;
  launch(): Promise<ChildProgram>;
}): Promise<ThrowawayServer> {
  let running: ChildProgram | null = null;

  async function start(): Promise<void> {
    if (running) throw new Error(`The server on port ${server.port} is already running`);
    running = await server.launch();
  }
  async function crash(): Promise<void> {
    running?.kill("SIGKILL");
    await running?.exited;
    running = null;
  }
  async function remove(): Promise<void> {
    await crash();
    await rm(server.folder, { recursive: true, force: true });
  }

  try {
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return { url: server.url, port: server.port, crash, start, remove };
}
