/** Where scenarios keep what their peers say; the guest's /labout is the folder that run.mjs was given. */
export const logsRoot = "/labout/logs";

/** A scenario's name as a folder's. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 80);
}
