// Registers the health check before `openclaw doctor` starts, for versions of OpenClaw whose doctor
// loads no plug-ins. Node runs this file if NODE_OPTIONS names it in --import. It does nothing in any
// other program.

import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

import { register } from "./health-check.js";

const [, program = "", ...words] = process.argv;

if (/^openclaw(\.m?js)?$/.test(basename(program)) && words.includes("doctor")) {
  const { resolve } = createRequire(realpathSync(program));
  register(await import(pathToFileURL(resolve("openclaw/plugin-sdk/health")).href));
}
