import type { Clock } from "@carewire/envelope";
import { createRequestLimit, mountContract, mountWebApp, requireOwnOrigin } from "@carewire/service-kit";
import type { Express } from "express";
import { type ApiPools, streamsMax } from "./api/api-pools.ts";
import { createSessionApi } from "./api/session-api.ts";
import { createFrameAncestors } from "./frame/frame-ancestors.ts";
import { mountProxy } from "./proxy/mount-proxy.ts";
import { createOpenStreams } from "./proxy/open-streams.ts";
import { sessionContract } from "./session/session-contract.ts";
import { createSessionCookies } from "./session/session-cookies.ts";
import { createSignIn } from "./session/sign-in.ts";
import { createSignOut } from "./session/sign-out.ts";
import { createWhoAmI } from "./session/who-am-i.ts";

/** What the portal is made of. */
export interface PortalDeps {
  pools: ApiPools;
  clock: Clock;
  /** Who may show it in a frame. */
  embedOrigins: readonly string[];
  /** Folder of the built pages. */
  webBuild: string;
  /** What the bodies of all requests to the API may take of memory together; default 64 MiB. */
  heldBytesMax?: number;
}

/** The parts of a running portal. */
export interface Portal {
  mount(app: Express): void;
  /** Throws when the API does not answer. */
  reachApi(): Promise<void>;
  endStreams(): void;
}

const signInsMax = 64;
/** Of whoever is connected: 10 MiB at most. */
const signInBytesMax = 1_024;

/** Builds the portal: the pages, sessions in cookies, and the way to the API. It keeps nothing itself. */
export function createPortal({ pools, clock, embedOrigins, webBuild, heldBytesMax }: PortalDeps): Portal {
  const cookies = createSessionCookies();
  const streams = createOpenStreams(streamsMax);
  const session = { api: createSessionApi(pools.calls), cookies, embedOrigins, clock };

  return {
    mount(app) {
      app.use(["/api", "/session"], (_req, res, next) => {
        // Answers hold secrets and payloads; no proxy or browser may keep them.
        res.setHeader("cache-control", "no-store");
        res.setHeader("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
        next();
      });
      mountContract({
        app,
        authenticate: requireOwnOrigin,
        bodyBytesMax: signInBytesMax,
        afterBody: [createRequestLimit(signInsMax)],
        contract: sessionContract,
        router: {
          signIn: createSignIn(session),
          whoAmI: createWhoAmI(session),
          signOut: createSignOut(session),
        },
      });
      mountProxy(app, { pools, cookies, streams, heldBytesMax });
      mountWebApp(app, {
        distDir: webBuild,
        apiPrefixes: ["/api", "/session"],
        frameAncestorsOf: createFrameAncestors(embedOrigins, cookies),
      });
    },
    async reachApi() {
      const { statusCode, body } = await pools.calls.request({ method: "GET", path: "/livez" });
      await body.dump();
      if (statusCode !== 200) throw new Error(`subscriptions-api answered ${statusCode}`);
    },
    endStreams: streams.endAll,
  };
}
