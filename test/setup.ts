/** What every file of tests begins with, also one that runs in the process of others before it. */

// Loaded once for a process: done anew for each file, every comparison of the last ones would take many times as long.
import "./secret-equality.ts";

// A store on disk sets it for its whole process. What another file makes there would be its owner's alone by this, and
// not by its own doing.
process.umask(0o022);
