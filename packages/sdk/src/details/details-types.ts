/**
 * An appointment, as its publisher described it. Name the fields you rely on by declaring them:
 * `declare module "@carewire/sdk/details" { interface AppointmentDetails { starts_at: string } }`.
 */
export interface AppointmentDetails {
  [field: string]: unknown;
}

/** A prescription, as its publisher described it; declare the fields you rely on as for {@link AppointmentDetails}. */
export interface PrescriptionDetails {
  [field: string]: unknown;
}

/** What `fetchDetails` of an event of type `Type` brings; null: it is not there (any more), or there is none to fetch. */
export type DetailsOf<Type extends string> = Type extends `appointment.${string}`
  ? AppointmentDetails | null
  : Type extends `prescription.${string}`
    ? PrescriptionDetails | null
    : string extends Type
      ? unknown
      : null;
