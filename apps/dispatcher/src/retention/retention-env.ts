import { z } from "zod";

/** How many days each kind of row is kept; null: for ever. */
export interface Retention {
  payloadDays: number | null;
  attemptDays: number | null;
  /** Events and their deliveries. */
  eventDays: number | null;
  inboundDays: number | null;
  auditDays: number | null;
}

const daysMax = 36_500;

const days = z
  .string()
  .regex(/^([1-9]\d{0,4}|never)$/, "must be a number of days, or never")
  .transform((text) => (text === "never" ? null : Number(text)))
  .refine((value) => value === null || value <= daysMax, `must be ${daysMax} days at most`);

/** Lifetimes in days, or `never`; spread it into the service's own schema. */
export const retentionEnvShape = {
  /** Payloads of events. */
  RETENTION_PAYLOAD_DAYS: days.default(30),
  /** Attempts, with the headers and bodies that endpoints answered. */
  RETENTION_ATTEMPT_DAYS: days.default(30),
  /** Events and their deliveries. */
  RETENTION_EVENT_DAYS: days.default(90),
  /** Requests of providers, with their bodies. */
  RETENTION_INBOUND_DAYS: days.default(30),
  /** The audit trail. */
  RETENTION_AUDIT_DAYS: days.default(null),
};

type RetentionEnv = z.output<z.ZodObject<typeof retentionEnvShape>>;

/** A payload or an attempt must not outlive the event it is read through. */
export function checkRetention(env: RetentionEnv, context: z.core.$RefinementCtx): void {
  const eventDays = env.RETENTION_EVENT_DAYS ?? Number.POSITIVE_INFINITY;
  for (const name of ["RETENTION_PAYLOAD_DAYS", "RETENTION_ATTEMPT_DAYS"] as const) {
    if ((env[name] ?? Number.POSITIVE_INFINITY) <= eventDays) continue;
    const message = "must not be longer than RETENTION_EVENT_DAYS";
    context.addIssue({ code: "custom", path: [name], message, input: undefined });
  }
}

export const retentionOf = (env: RetentionEnv): Retention => ({
  payloadDays: env.RETENTION_PAYLOAD_DAYS,
  attemptDays: env.RETENTION_ATTEMPT_DAYS,
  eventDays: env.RETENTION_EVENT_DAYS,
  inboundDays: env.RETENTION_INBOUND_DAYS,
  auditDays: env.RETENTION_AUDIT_DAYS,
});
