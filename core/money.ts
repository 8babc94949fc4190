/** Money and points: integers of minor units (1/100). Never a JavaScript float. */
import { InvariantError } from './errors.ts';

const DECIMAL = /^([+-]?)(\d{1,13})(?:[.,](\d*))?$/;

/** Minor units of a decimal text such as `15200`, `-4545.00` or `110,5`; null when it is none, or finer than a minor unit. */
export function minorFromDecimal(text: string): number | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(2))) return null;
  const minor = Number(whole) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'));
  return sign === '-' && minor !== 0 ? -minor : minor;
}

/** Decimal text with two places: -454500 → `-4545.00`. */
export function decimalFromMinor(minor: number): string {
  assertMinor(minor);
  const sign = minor < 0 ? '-' : '';
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Guards sums: a balance outside the exact integers is a defect, not a rounding. */
export function assertMinor(minor: number): void {
  if (!Number.isSafeInteger(minor)) {
    throw new InvariantError('INVARIANT_BROKEN', 'an amount is not an exact integer of minor units');
  }
}
