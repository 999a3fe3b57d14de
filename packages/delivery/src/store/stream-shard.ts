/**
 * The shard of every stream subscription. No dispatcher looks after it: what is due in it waits for the API process that
 * its subscriber is connected to.
 */
export const streamShard = 65;
