/** Schemas of personal data's export, erasure and keys. */
import { z } from "zod";

/** Names a person by exactly one of the three. */
export const personBody = z
  .strictObject({
    email: z.email().max(320).optional().describe("In any case."),
    phone: z.string().trim().min(3).max(100).optional().describe("However it is grouped."),
    customer: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .describe("The reference by which issues and returns named the customer."),
  })
  .refine((named) => Object.values(named).filter((value) => value !== undefined).length === 1, {
    message: "exactly one of email, phone and customer, to name the person",
    params: { code: "email_or_phone" },
  });

const importFiles = z
  .array(z.object({ import_id: z.string(), file_key: z.string(), rows: z.int() }))
  .describe("Files in the bucket that the person's rows came from; kept for IMPORT_FILES_DAYS.");
const eventsFromBefore = z
  .int()
  .describe("Events of these entities that were written before events were redacted.");

export const personOut = z.object({
  suppliers: z.array(z.record(z.string(), z.unknown())),
  users: z.array(z.record(z.string(), z.unknown())),
  movements: z
    .array(
      z.object({
        movement_id: z.string(),
        reference: z.string(),
        status: z.string(),
        canonical: z.string().nullable(),
        segment: z.string().nullable(),
      }),
    )
    .describe("Movements that named the customer, the newest first, 10,000 at most."),
  movements_total: z.int(),
  import_files: importFiles,
  events_from_before: eventsFromBefore,
});

export const erasureOut = z.object({
  suppliers: z.int().describe("Suppliers whose contact was taken away."),
  import_rows: z.int().describe("Staged rows of imports that were emptied."),
  users: z
    .int()
    .describe("Users whose name, e-mail and password were taken away; they are disabled."),
  users_left: z
    .array(z.string())
    .describe("The last administrator with that address, who must be replaced first."),
  movements: z.int().describe("Movements that name the customer no more; they stand."),
  import_files: importFiles,
  events_from_before: eventsFromBefore,
});
