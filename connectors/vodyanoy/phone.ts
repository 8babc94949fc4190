/** A Russian number somewhere in a free text: country code or none, any grouping. */
const NUMBER = /(?<![\d+])(?:\+?[78][\s(-]{0,2})?\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)/;

/** The first phone of a text in the form that `tel` takes: 11 digits beginning with 7. Null when there is none. */
export function firstPhone(written: string): string | null {
  const digits = NUMBER.exec(written)?.[0].replace(/\D/g, '') ?? '';
  if (digits.length === 11 && /^[78]/.test(digits)) return `7${digits.slice(1)}`;
  return digits.length === 10 ? `7${digits}` : null;
}
