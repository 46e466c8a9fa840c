/**
 * A neighbour of the service on its network: sees what is announced, gives the service another name, sees that, and
 * waits until it is gone. Prints a line for each. Plain JavaScript, because it runs by itself, in a network of its own.
 */
import { writeFileSync } from "node:fs";
import { Bonjour } from "bonjour-service";

const [own, service, renamed] = process.argv.slice(2);
const browser = new Bonjour({ interface: own, bind: "0.0.0.0" }).find({ type: "http" });
const tell = (what, { host, name, port, txt, addresses }) =>
  console.log(JSON.stringify({ what, host, name, port, txt, addresses }));

browser.on("up", async (found) => {
  tell("up", found);
  if (found.host.startsWith("meter-7")) return writeFileSync(renamed, "");
  const body = JSON.stringify({ system: { host_name: "meter-7", name: "Meter in the cellar" } });
  const headers = { "content-type": "application/json" };
  await fetch(`http://${service}/api/v1/settings`, { method: "PUT", headers, body });
});
browser.on("down", (gone) => {
  tell("down", gone);
  if (gone.host.startsWith("meter-7")) process.exit(0);
});
// The first question may have been asked before the service was there.
setInterval(() => browser.update(), 500);
