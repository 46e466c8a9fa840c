/** What the process says at its end; scripts rely on these numbers. */
export const EXIT = {
  success: 0,
  /** Failed; the reason was printed. */
  failed: 1,
  /** Wrong usage; the right one was printed. */
  usage: 2,
  timeout: 3,
  /** Two access points had their button pressed. */
  overlap: 4,
  /** Ended by Ctrl-C, or cancelled by somebody else. */
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
