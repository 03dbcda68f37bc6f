/** Near names: what differs by case, width and signs first, then by a letter or two; nothing where nothing is near. */
import { describe, expect, test } from "vitest";
import {
  createNameFinder,
  didYouMean,
  nearestName,
  plainCode,
} from "../../../pipelines/import/nearest.ts";

describe("nearestName", () => {
  test.each([
    ["AB-12", ["AB13", "AB12"], "AB12"],
    ["ａｂ１２", ["AB12"], "AB12"],
    ["BOTL", ["BOLT", "NUT"], "BOLT"],
    ["Quantiy", ["Quantity", "Quality"], "Quantity"],
    ["WIDGET-10", ["WIDGET-100", "GADGET-10"], "WIDGET-100"],
    ["MAIN", ["NORTH", "SOUTH"], undefined],
    ["A", ["B", "C"], undefined],
    ["AB", ["CD"], undefined],
    ["MAIN", ["MAIN"], undefined],
    ["x".repeat(101), ["x".repeat(100)], undefined],
  ])("%s among %j is %s", (found, known, wanted) => {
    expect(nearestName(found, known)).toBe(wanted);
  });

  test("of two that are equally near the first is taken, whichever way it is asked", () => {
    const finder = createNameFinder(["AB-12", "ab12", "AB13"]);
    expect(finder("A.B.12")).toBe("AB-12");
    expect(finder("AB14")).toBe("AB-12");
  });

  test("the sentence ends with it, or says nothing", () => {
    expect(didYouMean('12"')).toBe('did you mean "12\\""?');
    expect(didYouMean(undefined)).toBeUndefined();
    expect(plainCode(" Ab_1.2/3\\4#5-")).toBe("ab12345");
  });
});
