// The health check: it runs clawdoctor, and returns its root causes as findings of OpenClaw's doctor.

import { execFile } from "node:child_process";

const CHECK = "clawdoctor/run";
const SOURCE = "clawdoctor";

export const healthCheck = {
  id: CHECK,
  kind: "plugin",
  source: SOURCE,
  description: "Check the chain from OpenClaw through LiteLLM to Azure OpenAI with clawdoctor.",

  async detect(ctx) {
    const env = ctx.env ?? process.env;
    const config = ctx.configPath === undefined ? [] : ["--openclaw-config", ctx.configPath];
    const { error, stdout } = await run(env.CLAWDOCTOR_PROGRAM || "clawdoctor", [
      "run",
      "--offline",
      "--json",
      ...config,
    ], env);
    return findingsOf(stdout) ?? [unusable(`clawdoctor could not run: ${error?.message ?? "no JSON"}`)];
  },
};

/** Register the check once, whichever way this package was loaded. */
export function register({ getHealthCheck, registerHealthCheck }) {
  if (getHealthCheck(CHECK) === undefined) registerHealthCheck(healthCheck);
}

/** Run a program. An exit code other than 0 is an error too, but the output may be complete. */
function run(program, args, env) {
  const options = { env, timeout: 90_000, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout) => resolve({ error, stdout }));
  });
}

/** Return the findings in a report, or null if the text is not one. */
function findingsOf(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return null;
  }
  if (report.usageError !== null) return [unusable(report.usageError)];
  const failures = report.internalErrors.map((failure) => unusable(`${failure.where}: ${failure.error}`));
  return [...failures, ...report.findings.filter((finding) => finding.rootCause).map(finding)];
}

/** Return a finding of clawdoctor as one of OpenClaw. */
function finding({ code, severity, message, location, subject, fixes }) {
  return {
    checkId: CHECK,
    source: SOURCE,
    errorCode: code,
    severity,
    message: `${code}: ${message}`,
    ...(location && { path: location.path, line: location.start.line, column: location.start.column }),
    ...(subject && { target: subject }),
    fixHint: [...fixes.slice(0, 1).map(hint), `Details: clawdoctor explain ${code}`].join(" "),
  };
}

/** Return the first fix in words. */
function hint({ applicability, title, steps, commands }) {
  const how = applicability === "safe" ? ["clawdoctor run --fix does it."] : [];
  const run = commands.map((command) => `Run: ${command}`);
  return [`${title}.`, ...steps, ...how, ...run].join(" ");
}

function unusable(message) {
  return { checkId: CHECK, source: SOURCE, severity: "warning", message };
}
