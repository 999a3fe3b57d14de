import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { findFreePort } from "@carewire/testkit";
import Provider from "oidc-provider";

/** Somebody the provider knows, by `sub`, and what it says of them. */
export type People = Record<string, Record<string, unknown>>;

export interface TestOidcProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What a browser does at the provider: signs in as somebody and consents; resolves to the address it is sent back to. */
  signIn(url: string, sub: string): Promise<URL>;
  stop(): Promise<void>;
}

const client = { clientId: "carewire-dlq-admin", clientSecret: "a-client-secret-of-a-test" };

/** A browser at one site: keeps its cookies, follows nothing by itself. */
function createVisitor() {
  const cookies = new Map<string, string>();
  return async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      method: form === undefined ? "GET" : "POST",
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form !== undefined && { body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";")[0]?.split(/=(.*)/s) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
}

/** A real OpenID Connect provider on 127.0.0.1, for dlq-admin at `redirectUri`. */
export async function startOidcProvider(redirectUri: string, people: People): Promise<TestOidcProvider> {
  const port = await findFreePort();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [new URL("/sign-in", redirectUri).href],
      },
    ],
    claims: { openid: ["sub"], profile: ["name", "realm_access"], email: ["email"] },
    cookies: { keys: ["a-cookie-key-of-a-test"] },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  });
  // Only clients end idle connections: one that is used again just then would be reset.
  const server = createServer({ keepAliveTimeout: 0 }, provider.callback());
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  if ((server.address() as AddressInfo).port !== port) throw new Error("the provider got another port");

  return {
    issuer,
    ...client,
    async signIn(url, sub) {
      const visit = createVisitor();
      let at = url;
      for (let steps = 0; steps < 10; steps++) {
        const page = await visit(at);
        const isForm = page.status === 200 && at.includes("/interaction/");
        const prompt = isForm && (await page.text()).includes('name="login"') ? "login" : "consent";
        const form: Record<string, string> =
          prompt === "login" ? { prompt, login: sub, password: "x" } : { prompt };
        const answer = isForm ? await visit(at, form) : page;
        const next = new URL(answer.headers.get("location") ?? "", issuer);
        if (next.href.startsWith(redirectUri)) return next;
        at = next.href;
      }
      throw new Error("the provider never sent the browser back");
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
