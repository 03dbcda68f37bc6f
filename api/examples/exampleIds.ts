/**
 * Identifiers that the examples name. A server knows none of them: test/support/exampleScene.ts makes each thing and puts its real
 * id in the place of the documented one before the example is sent.
 */

const documented = (nth: number): string =>
  `0199a1b2-0000-7000-8000-${nth.toString(16).padStart(12, "0")}`;

export const EXAMPLE_IDS = {
  item: documented(1),
  warehouse: documented(2),
  supplier: documented(3),
  supplierItem: documented(4),
  reorderPolicy: documented(5),
  archivable: documented(6),
  receipt: documented(0x10),
  shipment: documented(0x11),
  mistake: documented(0x12),
  letter: documented(0x62),
  letterWrong: documented(0x63),
  reservation: documented(0x13),
  request: documented(0x14),
  setAside: documented(0x15),
  setAsideWrong: documented(0x16),
  draft: documented(0x20),
  approvable: documented(0x21),
  approved: documented(0x22),
  sent: documented(0x23),
  unwanted: documented(0x24),
  import: documented(0x30),
  dryRun: documented(0x31),
  waitingImport: documented(0x32),
  upload: documented(0x33),
  finishedUpload: documented(0x34),
  unwantedUpload: documented(0x35),
  partTag: "etag-of-part-1",
  report: documented(0x40),
  jobRun: documented(0x41),
  sinkLetter: documented(0x60),
  sinkLetterWrong: documented(0x61),
  reportSchedule: documented(0x42),
  unwantedSchedule: documented(0x43),
  oldSchedule: documented(0x44),
  user: documented(0x70),
  serviceClient: documented(0x71),
  /** Secrets of the same kind: each stands for one that was given out. */
  clientSecret: "slc_example-secret-of-the-service-client-000000000",
  refreshToken: "slr_example-refresh-token-0000000000000000000",
  signedOutToken: "slr_example-refresh-token-to-sign-out-00000000",
  accessToken: "access-token-of-a-session",
  /** A client's own id of a movement that nobody has sent yet. */
  fresh: documented(0x50),
  unknown: documented(0xffff),
} as const;
