/** Schemas of personal data's export, erasure and keys. */
import { z } from "zod";

/** Names a person by exactly one of the two. */
export const personBody = z
  .strictObject({
    email: z.email().max(320).optional().describe("In any case."),
    phone: z.string().trim().min(3).max(100).optional().describe("However it is grouped."),
  })
  .refine(({ email, phone }) => (email === undefined) !== (phone === undefined), {
    message: "either email or phone, to name the person",
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
  import_files: importFiles,
  events_from_before: eventsFromBefore,
});

export const erasureOut = z.object({
  suppliers: z.int().describe("Suppliers whose contact was taken away."),
  import_rows: z.int().describe("Staged rows of imports that were emptied."),
  users_left: z.array(z.string()).describe("Users with that address; they keep their rows."),
  import_files: importFiles,
  events_from_before: eventsFromBefore,
});
