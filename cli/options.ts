import { InvalidArgumentError } from 'commander';

/** Reads an option as an absolute http or https URL. */
export function readUrl(text: string): string {
  if (/^https?:\/\/[^/]/i.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be an absolute URL such as https://app.example.com/.');
}

/** Makes a reader for an option with a whole number from `least` to `most`. */
export const readWholeNumber = (least: number, most: number) => (text: string) => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
};
