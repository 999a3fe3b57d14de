/**
 * Planner settings of the dispatcher's connections. Its statements are prepared once, often while the hot tables are
 * empty, and a plan that scans a table is right then and ruinous a minute later. Everything they touch has an index.
 */
export const hotPathSettings = { enable_seqscan: "off", jit: "off" } as const;

/**
 * Routing need not wait for the disk: a routing that a crash takes back leaves its events in the route queue, and the
 * claim's commit, which does wait, takes everything before it to the disk before a byte is sent.
 */
export const routingSettings = { ...hotPathSettings, synchronous_commit: "off" } as const;

/**
 * Outcomes are joined with the queue, and a plan kept from a quiet time reads the whole queue for each of them: measured,
 * 2,000 outcomes took 10 s beside 20,000 waiting rows. So each batch is planned for the queue as it is.
 */
export const recordingSettings = { ...hotPathSettings, plan_cache_mode: "force_custom_plan" } as const;
