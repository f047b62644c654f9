// Imported before the protocol libraries: they describe what they parse with
// zod, which would otherwise try to make code at run time, and the pages'
// Content-Security-Policy forbids that.

import { config } from "zod";

config({ jitless: true });
