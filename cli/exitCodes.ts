/** What the status of a command says; scripts may rely on it (docs/cli.md). */
export const EXIT = {
  /** Done, and nothing was refused. */
  ok: 0,
  /** Done, but something did not go through: rows or a movement rejected, a run failed, a difference in the ledger. */
  incomplete: 1,
  /** The command line or a file named on it is wrong; nothing was sent. */
  usage: 2,
  /** The API refused the request. */
  refused: 3,
  /** The API could not be reached, or was too busy. */
  unreachable: 4,
  /** An import failed or was cancelled as a whole: its rows are not in, or not all. */
  failed: 5,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
