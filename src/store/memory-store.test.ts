import { proveStore } from "./contract.ts";
import { createMemoryStore } from "./memory-store.ts";

proveStore("memory", async () => createMemoryStore());
