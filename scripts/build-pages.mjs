/** Builds the pages (src/web) into the folder that is named: `node scripts/build-pages.mjs dist/web`. */
import { join, resolve } from "node:path";
import { build } from "vite";

const root = join(import.meta.dirname, "..");
const [folder = "dist/web"] = process.argv.slice(2);
const web = join(root, "src", "web");

await build({
  configFile: false,
  root: web,
  base: "/pages/",
  logLevel: "warn",
  build: {
    outDir: resolve(root, folder),
    emptyOutDir: true,
    target: "es2022",
    // Nothing in text: the pages allow no script or style that is not a file of their own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["station", "registrar", "demo"].map((page) => join(web, `${page}.html`)) },
  },
});
