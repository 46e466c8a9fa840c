/** Where the pages are, as they were built beside this. */
import { join } from "node:path";

/** For the services' option `pages`. */
export const webFolder = join(import.meta.dirname, "..", "web");
