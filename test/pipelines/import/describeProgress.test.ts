/** Progress as it follows from an import's row: phase, share, rates and time left. */
import { describe, expect, test } from "vitest";
import { describeProgress } from "../../../pipelines/import/index.ts";
import { anImportRow } from "../../support/anImportRow.ts";

const idle = { rows_per_second: null, bytes_per_second: null, seconds_left: null };

describe("progress", () => {
  test("waits until a worker takes the import", () => {
    const row = anImportRow({
      status: "uploaded",
      started_at: null,
      phase_started_at: null,
      bytes_read: 0,
    });
    const nothing = { phase: "waiting", done: 0, total: 50_000, unit: "bytes", percent: 0 };
    expect(describeProgress(row)).toEqual({ ...nothing, ...idle });
  });

  test("counts bytes while a file is fetched, with the rate and the time that is left", () => {
    const row = anImportRow({ status: "uploaded", format: null, bytes_read: 20_000 });
    expect(describeProgress(row)).toEqual({
      phase: "fetching",
      done: 20_000,
      total: 50_000,
      unit: "bytes",
      percent: 40,
      rows_per_second: null,
      bytes_per_second: 2_000,
      seconds_left: 15,
    });
  });

  test("of a fetch whose size is not known has no share and no time left", () => {
    const row = anImportRow({ status: "uploaded", format: null, bytes_read: 0, bytes_total: 0 });
    expect(describeProgress(row)).toMatchObject({ percent: null, seconds_left: null });
  });

  test("counts bytes while the file is read, and tells rows and bytes a second", () => {
    const row = anImportRow({ status: "reading", bytes_read: 25_000, rows_read: 500 });
    expect(describeProgress(row)).toMatchObject({
      phase: "reading",
      unit: "bytes",
      percent: 50,
      rows_per_second: 50,
      bytes_per_second: 2_500,
      seconds_left: 10,
    });
  });

  test("of a phase that another worker took up again counts only what was done since", () => {
    const row = anImportRow({
      status: "reading",
      bytes_read: 25_000,
      rows_read: 500,
      phase_rows_before: 400,
      phase_bytes_before: 20_000,
    });
    expect(describeProgress(row)).toMatchObject({
      percent: 50,
      rows_per_second: 10,
      bytes_per_second: 500,
      seconds_left: 50,
    });
  });

  test("counts rows that are read again once their columns are known", () => {
    const checkpoint = { staged_row: 1_001, file_read: true, unread_rows: 250 };
    const row = anImportRow({ status: "reading", checkpoint });
    expect(describeProgress(row)).toEqual({
      phase: "rereading",
      done: 750,
      total: 1_000,
      unit: "rows",
      percent: 75,
      ...idle,
    });
  });

  test("counts rows while they are checked, then while they are foreseen", () => {
    const checking = anImportRow({
      status: "checking",
      checkpoint: { staged_row: 2_000, checked_row: 1_000 },
    });
    expect(describeProgress(checking)).toMatchObject({
      phase: "checking",
      done: 500,
      total: 1_000,
      rows_per_second: 50,
      seconds_left: 10,
    });
    const foreseeing = anImportRow({
      status: "checking",
      checkpoint: { staged_row: 2_000, checked_row: 2_000, whole_checked: true, foreseen_row: 500 },
    });
    expect(describeProgress(foreseeing)).toMatchObject({ phase: "foreseeing", percent: 25 });
  });

  test("counts the good rows that have come to their end while they are applied", () => {
    const row = anImportRow({ rows_applied: 400, rows_rejected: 40, rows_skipped: 10 });
    expect(describeProgress(row)).toEqual({
      phase: "applying",
      done: 450,
      total: 900,
      unit: "rows",
      percent: 50,
      rows_per_second: 45,
      bytes_per_second: null,
      seconds_left: 10,
    });
  });

  test("tells no rate before half a second, nor where nothing was done", () => {
    const early = anImportRow({ rows_applied: 10, read_at: new Date("2026-01-01T12:00:00.400Z") });
    expect(describeProgress(early)).toMatchObject({ done: 10, ...idle });
    expect(describeProgress(anImportRow())).toMatchObject({ done: 0, ...idle });
  });

  test.each(["completed", "completed_with_errors", "failed", "cancelled"])(
    "is over when %s",
    (status) => {
      expect(describeProgress(anImportRow({ status }))).toMatchObject({
        phase: "ended",
        percent: 100,
        ...idle,
      });
    },
  );

  test.each([0, 3])("of a file of no more than %i rows never divides by nothing", (rows) => {
    const row = anImportRow({ status: "checking", rows_total: rows, checkpoint: {} });
    expect(describeProgress(row)).toMatchObject({ done: 0, total: rows });
  });
});
