/** Answers of /v1/privacy, as far as the command line shows them. */
import { z } from "zod";

const files = z.array(z.looseObject({ import_id: z.string(), file_key: z.string() }));

export const personAnswer = z.looseObject({
  suppliers: z.array(z.looseObject({})),
  users: z.array(z.looseObject({})),
  import_files: files,
});

export const erasureAnswer = z.looseObject({
  suppliers: z.number(),
  import_rows: z.number(),
  users_left: z.array(z.string()),
  import_files: files,
});
