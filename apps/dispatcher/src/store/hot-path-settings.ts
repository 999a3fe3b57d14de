/**
 * Planner settings of the dispatcher's connections. Its statements are prepared once, often while the hot tables are
 * empty, and a plan that scans a table is right then and ruinous a minute later. Everything they touch has an index.
 */
export const hotPathSettings = { enable_seqscan: "off", jit: "off" } as const;

/**
 * Planning a batch costs as much as a hundred of its rows, so that these plans are kept, however much the tables grow
 * afterwards. It makes no difference: rows are found by ids that are named, and named ids are put together by hash.
 */
const keptPlans = {
  ...hotPathSettings,
  plan_cache_mode: "force_generic_plan",
  enable_nestloop: "off",
} as const;

/**
 * Routing need not wait for the disk, unless it leases: a routing that a crash takes back leaves its events in the route
 * queue, and the claim's commit, which does wait, takes everything before it to the disk before a byte is sent.
 */
export const routingSettings = { ...keptPlans, synchronous_commit: "off" } as const;

export const recordingSettings = keptPlans;

/**
 * Planning a claim takes four times as long as claiming ten deliveries. What is left to choose would depend on how much
 * waits: an endpoint's rows are read in the order in which the index has them, never all of them first.
 */
export const claimSettings = { ...keptPlans, enable_sort: "off", enable_bitmapscan: "off" } as const;
