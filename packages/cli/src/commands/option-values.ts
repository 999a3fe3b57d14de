import { InvalidArgumentError } from "commander";

/** Reads an option's value: a whole number from `min` to `max`. */
export const wholeNumber = (min: number, max: number) => (value: string) => {
  const number = Number(value);
  if (value.trim() !== "" && Number.isInteger(number) && number >= min && number <= max) return number;
  throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
};

/** Reads an option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];
