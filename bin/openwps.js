#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (!existsSync(main)) {
  console.error("openwps has not been built in this checkout yet. Run `npm run build` once, then try again.");
  process.exit(1);
}
await import(main.href);
