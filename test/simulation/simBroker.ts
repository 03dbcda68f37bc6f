/** A broker that takes calls slowly, twice, in part or not at all; and remembers in which order records reached it. */
import {
  ACKNOWLEDGED,
  type EventSink,
  type SendOutcome,
  type SinkRecord,
} from "../../platform/eventSink.ts";
import type { Random } from "../support/faultRun.ts";
import type { SimTime } from "./simTime.ts";

export class SimBroker {
  /** Ids of events as they came, repeats among them. */
  readonly received: string[] = [];
  /** Probability that a call fails, in one way or another. */
  failing = 0;
  readonly #time: SimTime;
  readonly #random: Random;
  readonly #oneRecordPerKey: boolean;

  constructor(time: SimTime, random: Random) {
    this.#time = time;
    this.#random = random;
    this.#oneRecordPerKey = random.next() < 0.5;
  }

  /** The adapter that a publisher holds. */
  sink(): EventSink {
    return {
      name: "simulated",
      kind: this.#oneRecordPerKey ? "kinesis" : "kafka",
      limits: {
        callRecordsMax: 25,
        callBytesMax: 1_000_000,
        callsInFlightMax: this.#oneRecordPerKey ? 3 : 1,
        oneRecordPerKey: this.#oneRecordPerKey,
      },
      open: async () => undefined,
      send: (records) => this.#send(records),
      close: async () => undefined,
    };
  }

  async #send(records: readonly SinkRecord[]): Promise<SendOutcome[]> {
    const fails = this.#random.next() < this.failing;
    await this.#time.pause(this.#random.next() * 4);
    if (fails && this.#random.next() < 0.4) return this.#failInPart(records);
    const comes = !fails || this.#random.next() < 0.5;
    // a call that was given up may still come to the broker, later
    if (comes && fails) this.#time.after(this.#random.between(0, 300), () => this.#take(records));
    if (fails) throw Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
    this.#take(records);
    return records.map(() => ACKNOWLEDGED);
  }

  #failInPart(records: readonly SinkRecord[]): SendOutcome[] {
    if (!this.#oneRecordPerKey) return records.map(() => ({ status: "failed", code: "refused" }));
    return records.map((record): SendOutcome => {
      if (this.#random.next() < 0.4) return { status: "failed", code: "throttled" };
      this.#take([record]);
      return ACKNOWLEDGED;
    });
  }

  #take(records: readonly SinkRecord[]): void {
    for (const record of records) this.received.push(record.id);
  }
}
