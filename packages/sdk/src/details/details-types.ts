/** An appointment, with the fields its publisher gave it: check those you rely on. */
export interface AppointmentDetails {
  [field: string]: unknown;
}

/** A prescription, with the fields its publisher gave it: check those you rely on. */
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
