/** The fields that requests share are those of every way in; they stand in domain/inputFields.ts. */
export * from "../../domain/inputFields.ts";
