/**
 * Planner settings of the dispatcher's connections. Its statements are prepared once, often while the hot tables are
 * empty, and a plan that scans a table is right then and ruinous a minute later. Everything they touch has an index.
 */
export const hotPathSettings = { enable_seqscan: "off", jit: "off" } as const;
