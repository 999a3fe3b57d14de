import type { BoundProvider } from "@carewire/service-kit/ingress";

/** What the rows about inbound requests know of a provider family. */
export interface BenchFamily {
  /** Folder in apps/. */
  app: string;
  /** Whose requests these are, in words. */
  sender: string;
  /** The secrets of the app's environment. */
  env: Readonly<Record<string, string>>;
  /** As the app declares it, for the one kind of request that the load generator sends. */
  provider: BoundProvider;
  /** Whole HTTP requests of about 1 KiB, signed now, every one with an id of its own. */
  createRequests(count: number): Buffer[];
}
