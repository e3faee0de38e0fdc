// The plug-in. It adds clawdoctor's health check to OpenClaw's registry.

import * as health from "openclaw/plugin-sdk/health";

import { register } from "./health-check.js";

export default {
  id: "clawdoctor",
  name: "clawdoctor",
  description: "Shows the findings of clawdoctor in openclaw doctor --lint",
  register() {
    register(health);
  },
};
