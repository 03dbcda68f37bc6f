/** Which passwords are taken: long enough, not one of the first that anybody tries, not the user's own name (NIST SP 800-63B). */
import { InvalidInputError } from "../../domain/errors.ts";

const CHARS_MIN = 10;

/** The start of every list of leaked passwords, of those that are long enough. */
const TRIED_FIRST = new Set(
  (
    "1234567890 0123456789 12345678910 123456789a password12 password123 password1234 passw0rd123 " +
    "qwertyuiop qwerty12345 1q2w3e4r5t 1qaz2wsx3edc abcdefghij iloveyou123 welcome123 letmein123 " +
    "administrator admin12345 changeme123 stockline1 stockline123 aaaaaaaaaa 1111111111 0000000000"
  ).split(" "),
);

/** Throws InvalidInputError (password_weak) that says what is wrong, never the password. */
export function checkPassword(
  password: string,
  user: { readonly email: string; readonly name: string },
): void {
  const fault = faultOf(password, user);
  if (fault === undefined) return;
  const detail = `the password ${fault}; expected at least ${CHARS_MIN} characters that are hard to guess`;
  throw new InvalidInputError(
    [{ pointer: "/password", code: "password_weak", detail }],
    "password_weak",
  );
}

function faultOf(
  password: string,
  user: { readonly email: string; readonly name: string },
): string | undefined {
  const length = [...password.normalize("NFC")].length;
  if (length < CHARS_MIN) return `has ${length} characters`;
  const plain = password.toLowerCase();
  if (TRIED_FIRST.has(plain)) return "is one of those that are tried first";
  const own = [user.email, user.email.split("@")[0] ?? "", user.name].map((text) =>
    text.toLowerCase(),
  );
  return own.includes(plain) ? "is the user's own name or address" : undefined;
}
