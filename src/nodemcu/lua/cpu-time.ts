/** What scripts are measured by: a busy machine, on which all takes longer, is not the script's fault. */

/** What this process has computed so far, all threads together, in ms. */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
