/** What can be said of a PIN while it is typed. Whether it is the right one only the other side knows. */
import { t } from "../words/words.ts";

/** What is wrong with it; null: nothing, as far as it has come. */
export function pinFault(text: string): string | null {
  const digits = text.replaceAll(/[\s-]/g, "");
  if (digits === "") return null;
  if (!/^\d+$/.test(digits)) return t("pinOnlyDigits");
  if (digits.length > 8) return t("pinTooLong");
  return digits.length === 8 && !hasCheckDigit(digits) ? t("pinCheckDigit") : null;
}

/** Whether it has 4 digits, or 8 with a check digit. */
export function isWholePin(text: string): boolean {
  const digits = text.replaceAll(/[\s-]/g, "");
  return /^(?:\d{4}|\d{8})$/.test(digits) && pinFault(text) === null;
}

/** The last digit brings the sum, in which every other digit counts three times, to a multiple of ten. */
function hasCheckDigit(digits: string): boolean {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}
