/** Answers as they are kept for their Idempotency-Key: those that speak of a person are sealed, those that show a secret lose it. */
import type { Attempt, KeptAnswer } from "../../pipelines/idempotency/index.ts";
import { KEPT_ANSWERS, type PersonalData } from "../../platform/personalData.ts";
import type { Route } from "./route.ts";

type Keyed = Pick<Attempt, "client" | "key">;

/** What is kept of an answer: all but the secret, which is shown once. */
export function withoutSecret(answer: KeptAnswer, { idempotency }: Route): KeptAnswer {
  const secret = idempotency === "never" ? undefined : idempotency?.answerSecret;
  if (secret === undefined) return answer;
  const body: unknown = JSON.parse(answer.body);
  return { ...answer, body: JSON.stringify({ ...Object(body), [secret]: null }) };
}

/** Whether requests and answers of the route speak of a person. */
export function isSealed({ idempotency }: Route): boolean {
  return idempotency !== "never" && idempotency?.sealed === true;
}

/** The answer as it is stored: sealed where the route says so. */
export async function sealAnswer(
  personal: PersonalData,
  { route, keyed, answer }: { route: Route; keyed: Keyed; answer: KeptAnswer },
): Promise<KeptAnswer> {
  if (!isSealed(route)) return answer;
  await personal.ready();
  const fields = { response_body: answer.body };
  const sealed = personal.sealFields(KEPT_ANSWERS, nameOf(keyed), fields)["response_body"];
  return { ...answer, body: String(sealed) };
}

/** A stored answer as it was; those that are not sealed stay as they are: JSON begins with no "pd1.". */
export async function openAnswer(
  personal: PersonalData,
  keyed: Keyed,
  answer: KeptAnswer,
): Promise<KeptAnswer> {
  const row = { key: nameOf(keyed), response_body: answer.body };
  const [opened = row] = await personal.openRows(KEPT_ANSWERS, [row]);
  return { ...answer, body: opened.response_body };
}

function nameOf({ client, key }: Keyed): string {
  return `${client}\n${key}`;
}
