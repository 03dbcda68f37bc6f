/** A movement as a client writes it: names instead of ids, and the fields of its type only. */
import type { PostedType } from "../../domain/movement.ts";

/** A line after the checks of its form: quantities are normalised decimal strings, codes are NFC. */
export interface MovementLine {
  readonly id?: string | undefined;
  readonly type: PostedType;
  readonly sku: string;
  readonly warehouse: string;
  readonly to_warehouse?: string | undefined;
  /** In `unit`, or in the item's stock unit where none is named. */
  readonly quantity: string;
  readonly unit?: string | undefined;
  readonly lot?: string | undefined;
  /** The same as `lot`, for items tracked by serial number. */
  readonly serial?: string | undefined;
  /** Of the lot; YYYY-MM-DD. */
  readonly expires_on?: string | undefined;
  /** Of one stock unit, whatever the line's unit. */
  readonly unit_cost?: string | undefined;
  readonly currency?: string | undefined;
  readonly expected_version?: number | undefined;
  readonly counted_version?: number | undefined;
  readonly in_transit?: boolean | undefined;
  readonly reservation?: string | undefined;
  /** Of the reservation. */
  readonly expires_at?: Date | undefined;
  /** Reference of the customer, in the Customer Base Service. */
  readonly customer?: string | undefined;
  readonly reason?: string | undefined;
  readonly reference?: { readonly type: string; readonly id: string } | undefined;
  readonly occurred_at?: Date | undefined;
}
