/** Replaces the product's queries, one function by one, by statements on the simulated store. To be imported before all else. */
import { vi } from "vitest";

vi.mock("../../pipelines/apply/queries/lanes.ts", () => import("./laneStatements.ts"));
vi.mock("../../pipelines/apply/queries/pending.ts", () => import("./laneStatements.ts"));
vi.mock("../../pipelines/apply/queries/levels.ts", () => import("./loadStatements.ts"));
vi.mock("../../pipelines/apply/queries/details.ts", () => import("./loadStatements.ts"));
vi.mock("../../pipelines/apply/queries/detailsWrite.ts", () => import("./writeStatements.ts"));
vi.mock("../../pipelines/apply/queries/batch.ts", () => import("./writeStatements.ts"));
vi.mock("../../pipelines/intake/queries.ts", () => import("./intakeStatements.ts"));
vi.mock("../../pipelines/events/queries.ts", () => import("./publishStatements.ts"));
vi.mock("../../pipelines/publish/queries/cursors.ts", () => import("./publishStatements.ts"));
vi.mock("../../platform/clock.ts", () => import("./simIds.ts"));
