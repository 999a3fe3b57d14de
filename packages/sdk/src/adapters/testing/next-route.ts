import "next/dist/server/node-environment-baseline.js";
import {
  type AppRouteHandlerFn,
  type AppRouteRouteHandlerContext,
  AppRouteRouteModule,
} from "next/dist/server/route-modules/app-route/module.js";
import { NextRequest } from "next/server.js";

/** What Next.js itself fills in while it serves; a route handler sees nothing of it. */
const context = {
  params: undefined,
  previewProps: { previewModeId: "", previewModeEncryptionKey: "", previewModeSigningKey: "" },
  sharedContext: { buildId: "", deploymentId: "" },
  renderOpts: { supportsDynamicResponse: true, experimental: {}, waitUntil() {}, onClose() {} },
} as unknown as AppRouteRouteHandlerContext;

/** Runs a route handler in the module that `next build` puts around `app/webhooks/route.ts`. */
export function nextRoute(POST: AppRouteHandlerFn): (init: RequestInit) => Promise<Response> {
  const route = new AppRouteRouteModule({
    definition: {
      kind: "APP_ROUTE" as never,
      page: "/webhooks/route",
      pathname: "/webhooks",
      filename: "route",
      bundlePath: "app/webhooks/route",
    },
    userland: () => ({ POST, generateStaticParams: undefined }),
    distDir: ".next",
    relativeProjectDir: "",
    resolvedPagePath: "app/webhooks/route.ts",
    nextConfigOutput: undefined,
  });
  return (init) => {
    const request = new NextRequest(
      "http://127.0.0.1/webhooks",
      init as ConstructorParameters<typeof NextRequest>[1],
    );
    return route.handle(request, context);
  };
}
