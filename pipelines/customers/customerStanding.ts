/** How customers stand at the Customer Base Service, and what is kept of it with a movement. */

/** How a customer stands. */
export interface CustomerStanding {
  readonly status: "verified" | "unverified" | "unknown" | "closed";
  readonly canonical: string | null;
  readonly segment: string | null;
}

/** A movement's customer as it is kept with the movement. */
export interface CustomerNote extends CustomerStanding {
  readonly reference: string;
}
