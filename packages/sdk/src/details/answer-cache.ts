/** An answer worth keeping: its text, and the tag to ask again with. */
export interface CachedAnswer {
  etag: string;
  text: string;
}

export interface AnswerCacheLimits {
  /** 0 keeps nothing. */
  entriesMax: number;
  /** Characters of all kept texts together. */
  charactersMax: number;
}

/** Keeps the answers used last, up to its limits. */
export interface AnswerCache {
  get(key: string): CachedAnswer | undefined;
  set(key: string, answer: CachedAnswer): void;
  delete(key: string): void;
}

export function createAnswerCache({ entriesMax, charactersMax }: AnswerCacheLimits): AnswerCache {
  const answers = new Map<string, CachedAnswer>();
  let characters = 0;

  function remove(key: string): void {
    characters -= answers.get(key)?.text.length ?? 0;
    answers.delete(key);
  }

  return {
    get(key) {
      const answer = answers.get(key);
      if (answer === undefined) return undefined;
      answers.delete(key);
      answers.set(key, answer);
      return answer;
    },
    set(key, answer) {
      remove(key);
      answers.set(key, answer);
      characters += answer.text.length;
      for (const oldest of answers.keys()) {
        if (answers.size <= entriesMax && characters <= charactersMax) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
}
