/** The cost fold against examples from textbooks and reckoned by hand. */
import { describe, expect, test } from "vitest";
import { COST_METHODS } from "../../../domain/valuation/costPool.ts";
import { unitCostOf } from "../../../domain/valuation/rounding.ts";
import { CostLedger } from "../../support/costLedger.ts";

const fifo = () => new CostLedger("fifo");
const average = () => new CostLedger("moving_average");
const receive = (ledger: CostLedger, quantity: string, cost?: string, at = "A") =>
  ledger.enter({ type: "receipt", quantity, at, ...(cost === undefined ? {} : { cost }) });
const issue = (ledger: CostLedger, quantity: string, at = "A") =>
  ledger.enter({ type: "issue", quantity: `-${quantity}`, at }).expense;

describe("textbook examples", () => {
  /** Kieso, Weygandt and Warfield, Intermediate Accounting, chapter 8, "Call-Mart Inc.", perpetual system. */
  const callMart = (ledger: CostLedger): string => {
    receive(ledger, "2000", "4.00");
    receive(ledger, "6000", "4.40");
    const costOfSales = issue(ledger, "4000");
    receive(ledger, "2000", "4.75");
    return costOfSales;
  };

  test("Call-Mart by moving average sells for 17,200 and keeps 26,700", () => {
    const ledger = average();
    expect(callMart(ledger)).toBe("17200");
    expect(ledger.stock()).toBe("6000 = 26700");
  });

  test("Call-Mart by FIFO sells for 16,800 and keeps 27,100", () => {
    const ledger = fifo();
    expect(callMart(ledger)).toBe("16800");
    expect(ledger.stock()).toBe("6000 = 27100");
    expect(ledger.layers()).toEqual(["4000 = 17600", "2000 = 9500"]);
  });

  /** Weygandt, Kimmel and Kieso, Financial Accounting, problem 6-9A, "Farman Appliance Mart"; published averages per unit. */
  test("Farman Appliance Mart has the published moving averages 155.545 and 165.773", () => {
    const ledger = average();
    const averages: string[] = [];
    const note = () => {
      const { quantity, value } = ledger.pool();
      averages.push((Number(unitCostOf(quantity, value)) / 1e6).toFixed(3));
    };
    receive(ledger, "203", "141");
    issue(ledger, "116");
    note();
    receive(ledger, "232", "161");
    note();
    issue(ledger, "145");
    note();
    receive(ledger, "174", "176");
    note();
    issue(ledger, "87");
    issue(ledger, "116");
    note();
    expect(averages).toEqual(["141.000", "155.545", "155.545", "165.773", "165.773"]);
  });
});

describe("what comes in", () => {
  test.each(COST_METHODS)(
    "a return and a surplus come in at the average of what is there (%s)",
    (method) => {
      const ledger = new CostLedger(method);
      receive(ledger, "1", "2");
      receive(ledger, "3", "4");
      expect(ledger.enter({ type: "return", quantity: "2" }).amount).toBe("7");
      expect(ledger.enter({ type: "count", quantity: "2" }).amount).toBe("7");
      expect(ledger.stock()).toBe("8 = 28");
    },
  );

  test.each(COST_METHODS)(
    "without a cost it comes in at the last known one, or at zero (%s)",
    (method) => {
      const ledger = new CostLedger(method);
      expect(receive(ledger, "5").amount).toBe("0");
      issue(ledger, "5");
      receive(ledger, "2", "3");
      issue(ledger, "2");
      expect(receive(ledger, "4").amount).toBe("12");
    },
  );

  test("values are rounded half up at 4 decimals, and the last share takes what is left", () => {
    const ledger = average();
    receive(ledger, "3", "0.3333");
    receive(ledger, "0.0001", "0.5");
    expect(ledger.stock()).toBe("3.0001 = 1");
    expect([1, 2, 3].map(() => issue(ledger, "1"))).toEqual(["0.3333", "0.3333", "0.3334"]);
    expect(issue(ledger, "0.0001")).toBe("0");
    expect(ledger.stock()).toBe("0 = 0");
  });
});

describe("what goes out", () => {
  test("FIFO consumes the oldest layers first, across layers", () => {
    const ledger = fifo();
    receive(ledger, "10", "1");
    receive(ledger, "10", "2");
    expect(issue(ledger, "15")).toBe("20");
    expect(ledger.layers()).toEqual(["5 = 10"]);
  });

  test.each(COST_METHODS)(
    "scrap, a return to the supplier and a shortage are expenses (%s)",
    (method) => {
      const ledger = new CostLedger(method);
      receive(ledger, "10", "3");
      for (const type of ["scrap", "supplier_return", "adjustment", "count"] as const) {
        expect(ledger.enter({ type, quantity: "-2" })).toEqual({ amount: "-6", expense: "6" });
      }
      expect(ledger.stock()).toBe("2 = 6");
    },
  );

  test.each(COST_METHODS)("reservations and holds change no value (%s)", (method) => {
    const ledger = new CostLedger(method);
    receive(ledger, "10", "3");
    for (const type of ["reserve", "release", "hold", "unhold"] as const) {
      expect(ledger.enter({ type })).toEqual({ amount: "0", expense: "0" });
    }
    expect(ledger.stock()).toBe("10 = 30");
  });

  test.each(COST_METHODS)(
    "what is not there goes out at the last known cost, settled by the next receipt (%s)",
    (method) => {
      const ledger = new CostLedger(method);
      receive(ledger, "1", "2");
      expect(issue(ledger, "6")).toBe("12");
      expect(ledger.stock()).toBe("-5 = -10");
      expect(receive(ledger, "2", "3")).toEqual({ amount: "4", expense: "2" });
      expect(ledger.stock()).toBe("-3 = -6");
      expect(receive(ledger, "8", "3")).toEqual({ amount: "21", expense: "3" });
      expect(ledger.stock()).toBe("5 = 15");
    },
  );
});

describe("layers", () => {
  test("of one day and one unit cost, one after the other, are one layer, also for their reversal", () => {
    const ledger = fifo();
    receive(ledger, "1", "2");
    ledger.enter({ type: "receipt", id: "R", quantity: "4", cost: "2" });
    receive(ledger, "3", "2.0001");
    receive(ledger, "3", "2");
    expect(ledger.layers()).toEqual(["5 = 10", "3 = 6.0003", "3 = 6"]);
    expect(ledger.reverse("R")).toEqual([{ amount: "-8", expense: "0" }]);
    expect(ledger.layers()).toEqual(["1 = 2", "3 = 6.0003", "3 = 6"]);
  });
});

describe("transfers", () => {
  test("by FIFO layers move with their cost and age, and stand behind what is there", () => {
    const ledger = fifo();
    receive(ledger, "4", "1");
    receive(ledger, "4", "2");
    receive(ledger, "1", "9", "B");
    ledger.transfer("6", "B");
    expect(ledger.layers()).toEqual(["2 = 4"]);
    expect(ledger.layers("B")).toEqual(["1 = 9", "4 = 4", "2 = 4"]);
    expect(ledger.pool("B").layers.map(({ since }) => since.slice(17, 19))).toEqual([
      "03",
      "01",
      "02",
    ]);
  });

  test("by moving average goods arrive at the average that they left with", () => {
    const ledger = average();
    receive(ledger, "4", "1");
    receive(ledger, "4", "2");
    receive(ledger, "6", "3.5", "B");
    ledger.transfer("6", "B");
    expect(ledger.stock()).toBe("2 = 3");
    expect(ledger.stock("B")).toBe("12 = 30");
  });

  test.each(COST_METHODS)(
    "goods on their way keep their cost; what is lost is an expense (%s)",
    (method) => {
      const ledger = new CostLedger(method);
      receive(ledger, "10", "3");
      ledger.enter({ type: "transfer", id: "T", quantity: "-6", to: "B" });
      ledger.enter({ type: "transfer", id: "T", inTransit: "6", at: "B", to: "A" });
      receive(ledger, "10", "8");
      expect(ledger.state.transits.get("T")?.pool).toMatchObject({
        quantity: 60_000n,
        value: 180_000n,
      });
      const part = { at: "B", target: "T" };
      ledger.enter({ ...part, type: "arrival", quantity: "4", inTransit: "-4" });
      expect(ledger.enter({ ...part, type: "transit_loss", inTransit: "-1" })).toEqual({
        amount: "0",
        expense: "3",
      });
      ledger.enter({ ...part, type: "arrival", quantity: "1", inTransit: "-1" });
      expect(ledger.stock("B")).toBe("5 = 15");
      expect(ledger.state.transits.size).toBe(0);
    },
  );

  test.each(COST_METHODS)(
    "an arrival that is dated before its transfer is settled by it (%s)",
    (method) => {
      const ledger = new CostLedger(method);
      receive(ledger, "10", "3");
      receive(ledger, "1", "2", "B");
      ledger.enter({ type: "arrival", target: "T", quantity: "4", inTransit: "-4", at: "B" });
      expect(ledger.stock("B")).toBe("5 = 10");
      expect(ledger.enter({ type: "transfer", id: "T", quantity: "-4", to: "B" })).toEqual({
        amount: "-12",
        expense: "4",
      });
      expect(ledger.state.transits.size).toBe(0);
    },
  );
});

describe("reversals", () => {
  test.each(COST_METHODS)("of a receipt takes its own cost out (%s)", (method) => {
    const ledger = new CostLedger(method);
    receive(ledger, "10", "2");
    ledger.enter({ type: "receipt", id: "R", quantity: "10", cost: "4" });
    receive(ledger, "10", "6");
    expect(ledger.reverse("R")).toEqual([{ amount: "-40", expense: "0" }]);
    expect(ledger.stock()).toBe("20 = 80");
  });

  test("of a consumed receipt, by FIFO, corrects the cost of sales as if it had never come", () => {
    const ledger = fifo();
    ledger.enter({ type: "receipt", id: "R", quantity: "10", cost: "2" });
    receive(ledger, "10", "3");
    receive(ledger, "10", "4");
    expect(issue(ledger, "12")).toBe("26");
    expect(ledger.reverse("R")).toEqual([{ amount: "-32", expense: "12" }]);
    expect(ledger.layers()).toEqual(["8 = 32"]);
  });

  test("of a consumed receipt, by moving average, leaves no stock without a value below zero", () => {
    const ledger = average();
    receive(ledger, "10", "2");
    ledger.enter({ type: "receipt", id: "R", quantity: "10", cost: "4" });
    expect(issue(ledger, "10")).toBe("30");
    expect(ledger.reverse("R")).toEqual([{ amount: "-30", expense: "-10" }]);
    expect(ledger.stock()).toBe("0 = 0");
  });

  test.each(COST_METHODS)(
    "of an issue gives back what it took, ahead of all others (%s)",
    (method) => {
      const ledger = new CostLedger(method);
      receive(ledger, "10", "2");
      ledger.enter({ type: "issue", id: "I", quantity: "-6" });
      receive(ledger, "6", "5");
      expect(ledger.reverse("I")).toEqual([{ amount: "12", expense: "-12" }]);
      expect(ledger.stock()).toBe("16 = 50");
      if (method === "fifo") expect(ledger.layers()).toEqual(["6 = 12", "4 = 8", "6 = 30"]);
    },
  );

  test("of what went out of layers gives back one, no newer than the day on which it went out", () => {
    const ledger = fifo();
    receive(ledger, "10", "2");
    receive(ledger, "10", "4");
    ledger.enter({ type: "issue", id: "I", quantity: "-12" });
    receive(ledger, "1", "5");
    expect(ledger.reverse("I")).toEqual([{ amount: "28", expense: "-28" }]);
    expect(ledger.layers()).toEqual(["12 = 28", "8 = 32", "1 = 5"]);
    expect(ledger.pool().layers.map(({ since }) => since.slice(17, 19))).toEqual([
      "03",
      "02",
      "04",
    ]);
  });

  test.each(COST_METHODS)("of a transfer brings the goods back with their cost (%s)", (method) => {
    const ledger = new CostLedger(method);
    receive(ledger, "10", "2");
    receive(ledger, "5", "8", "B");
    const id = ledger.transfer("4", "B");
    expect(ledger.reverse(id)).toEqual([
      { amount: "8", expense: "0" },
      { amount: "-8", expense: "0" },
    ]);
    expect(ledger.stock()).toBe("10 = 20");
    expect(ledger.stock("B")).toBe("5 = 40");
  });

  test.each(COST_METHODS)("of a shipment takes the goods off their way (%s)", (method) => {
    const ledger = new CostLedger(method);
    receive(ledger, "10", "2");
    ledger.enter({ type: "transfer", id: "T", quantity: "-6", to: "B" });
    ledger.enter({ type: "transfer", id: "T", inTransit: "6", at: "B", to: "A" });
    ledger.reverse("T");
    expect(ledger.stock()).toBe("10 = 20");
    expect(ledger.state.transits.size).toBe(0);
  });

  test.each(COST_METHODS)(
    "dated before what it reverses is valued like any other movement (%s)",
    (method) => {
      const ledger = new CostLedger(method);
      receive(ledger, "10", "2");
      expect(ledger.enter({ type: "reversal", target: "R", quantity: "-4" })).toEqual({
        amount: "-8",
        expense: "8",
      });
    },
  );
});
