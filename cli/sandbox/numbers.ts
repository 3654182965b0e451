import { InvalidArgumentError } from 'commander';

/** Where other simulators of AWS listen too. */
export const DEFAULT_PORT = 4566;
export const MAX_PORT = 65_535;

/** Reads an option's whole number, both ends included. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d{1,10}$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  };
