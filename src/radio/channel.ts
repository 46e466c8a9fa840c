/** Channels by their numbers, from the frequencies that radios tell. */

/** The channel number of a frequency in MHz, in the 2.4, 5 and 6 GHz bands; null for any other. */
export function channelOf(frequency: number): number | null {
  if (frequency === 2484) return 14;
  if (frequency >= 2412 && frequency <= 2472) return (frequency - 2407) / 5;
  if (frequency >= 5955 && frequency <= 7115) return (frequency - 5950) / 5;
  if (frequency >= 5160 && frequency <= 5885) return (frequency - 5000) / 5;
  return null;
}
