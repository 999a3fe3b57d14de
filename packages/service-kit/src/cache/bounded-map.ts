/** A Map that forgets its oldest entry when a new one does not fit. */
export interface BoundedMap<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
}

/** Creates a {@link BoundedMap} of at most `entriesMax` entries; setting a key makes it the newest. */
export function createBoundedMap<K, V>(entriesMax: number): BoundedMap<K, V> {
  const entries = new Map<K, V>();
  return {
    get: (key) => entries.get(key),
    delete(key) {
      entries.delete(key);
    },
    set(key, value) {
      entries.delete(key);
      if (entries.size >= entriesMax) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
      entries.set(key, value);
    },
  };
}
