/** What is measured, as lines for a person. */
export function tell(name: string, times: readonly number[]): void {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  say(
    `${name.padEnd(40)} median ${seconds(median(times))} (${seconds(least)} to ${seconds(most)}), ${times.length} runs`,
  );
}

export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return ((sorted[middle] ?? 0) + (sorted[sorted.length - 1 - middle] ?? 0)) / 2;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

/** With the mark that run.mjs shows. */
export function say(text: string): void {
  process.stdout.write(`\n@lab note         ${text}\n`);
}
