import {
  type PublishedEntry,
  publishedEntries,
  sourceManifest,
  verifyingEntries,
} from "./published-entries.ts";

/** Runtimes whose bundlers and loaders name themselves, and which have WebCrypto but not (or not always) node:crypto. */
const webConditions = ["edge-light", "workerd", "worker", "browser"];

/** Both module systems of one build; types are those of the Node build, which offers the same. */
function filesOf(build: "node" | "web", name: string) {
  return {
    import: { types: `./node/${name}.d.mts`, default: `./${build}/${name}.mjs` },
    require: { types: `./node/${name}.d.cts`, default: `./${build}/${name}.cjs` },
  };
}

function conditionsOf(entry: PublishedEntry) {
  const node = filesOf("node", entry.name);
  if (!verifyingEntries.includes(entry)) return node;
  const web = filesOf("web", entry.name);
  const edge = Object.fromEntries(webConditions.map((condition) => [condition, web]));
  return { ...edge, node, default: web };
}

/** The package.json that is published: no workspace, no dependencies, and `exports` of what was built. */
export function publishedManifest(): object {
  const { name, version } = sourceManifest;
  const exported = publishedEntries.map((entry) => [entry.subpath, conditionsOf(entry)]);
  return {
    name,
    version,
    description:
      "Receive Carewire webhooks: verified, typed, once per event. Reads details and manages subscriptions.",
    license: "Apache-2.0",
    keywords: ["webhook", "webhooks", "standard-webhooks", "svix", "signature", "healthcare"],
    type: "module",
    sideEffects: false,
    engines: { node: ">=20" },
    exports: { ...Object.fromEntries(exported), "./package.json": "./package.json" },
    // For resolvers that know no exports, next to the folders that stand in for the subpaths.
    main: "./node/index.cjs",
    module: "./node/index.mjs",
    types: "./node/index.d.cts",
  };
}

/** The package.json of the folder that stands in for a subpath where `exports` is not understood. */
export function subpathManifest({ name }: PublishedEntry): object {
  const up = name
    .split("/")
    .map(() => "..")
    .join("/");
  return { main: `${up}/node/${name}.cjs`, types: `${up}/node/${name}.d.cts` };
}
