import type { TransactionSql } from "postgres";

export interface GuardedTransaction {
  tx: TransactionSql;
  /** From now on every statement on `tx` throws instead of running. */
  close(): void;
}

/**
 * A transaction that can be closed to its handler. A statement sent after the transaction ended would run, and commit,
 * on its own: an effect without its outcome. So a handler that is late or forgot to await gets an error instead.
 */
export function guardTransaction(inner: TransactionSql): GuardedTransaction {
  let open = true;

  function wrap(tx: TransactionSql): TransactionSql {
    return new Proxy(tx, {
      apply(target, self, args) {
        refuseWhenClosed(open);
        return Reflect.apply(target, self, args);
      },
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          refuseWhenClosed(open);
          return Reflect.apply(value, target, property === "savepoint" ? args.map(wrapCallback) : args);
        };
      },
    });
  }

  function wrapCallback(argument: unknown): unknown {
    if (typeof argument !== "function") return argument;
    return (savepoint: TransactionSql) => argument(wrap(savepoint));
  }

  return {
    tx: wrap(inner),
    close() {
      open = false;
    },
  };
}

function refuseWhenClosed(open: boolean): void {
  if (open) return;
  throw new Error("this delivery's transaction has ended; await every statement before the handler returns");
}
