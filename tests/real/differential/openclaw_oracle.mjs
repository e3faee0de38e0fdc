// The oracle: OpenClaw's own validation of a config, and the requests that an agent's turn sends.
//
//     node openclaw_oracle.mjs PACKAGE FOLDER [validate]
//
// PACKAGE is the folder of an installed openclaw. With `validate` nothing is sent, and only what the
// validation needs is loaded. Each line of stdin is a case in JSON:
// {"config": text, "environ": {...}, "ask": ["validate", "turn", "embed"]}. Each line of stdout is its answer.
// No socket leaves the process: every connection goes to a server in it, which notes the request.

import { AsyncLocalStorage } from "node:async_hooks";
import dns from "node:dns";
import fs from "node:fs";
import http from "node:http";
import { registerHooks, syncBuiltinESMExports } from "node:module";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";
import tls from "node:tls";
import { pathToFileURL } from "node:url";

const [root, folder, only] = process.argv.slice(2);
const sends = only !== "validate";
const dist = path.join(root, "dist");
const CLEARED = ["clearConfigCache", "clearRuntimeConfigSnapshot", "clearSecretsRuntimeSnapshot"];
const NEEDED = ["runConfigValidate", "ensureConfigReady", "agentCliCommand", "runMemoryStatus", ...CLEARED];
// Not in every version.
const INDEX = "refreshPluginRegistry";
const GUARD = "resetConfigGuardStateForTests"; // the guard keeps the first config that it reads
const WANTED = [...NEEDED, INDEX, GUARD];
// 2026.5.12 reads the manifests of all plugins ten times a turn. No case changes them: once is enough.
const READERS = [
  "loadPluginMetadataSnapshotImpl",
  "loadPluginRegistrySnapshotWithMetadata",
  "loadPluginManifestRegistryForInstalledIndex",
];
let count = 0;
const numbers = new WeakMap();
function numberOf(index) {
  if (!numbers.has(index)) numbers.set(index, ++count);
  return numbers.get(index);
}
globalThis.openclawOracleOnce = (read) => {
  const known = new Map();
  return (given = {}) => {
    const { config, env, index, ...rest } = given;
    const simple = Object.values(rest).every((value) => typeof value !== "function" && !(value instanceof Map));
    if (!hasIndex || !simple) return read(given);
    const key = JSON.stringify([config?.plugins, config?.channels, index && numberOf(index), rest]);
    if (!known.has(key)) known.set(key, read(given));
    return known.get(key);
  };
};
let hasIndex = false;

// ---------------------------------------------------------------- the modules, by their functions

// A module that defines a wanted function, found from what the program itself imports: some versions
// have a second copy of everything for other programs.
const defined = new Map();
const known = new Set();
const pending = ["entry.js", "entry.mjs"];
function look(file) {
  const text = fs.readFileSync(file, "utf8");
  const names = [...WANTED, ...READERS].filter((name) => new RegExp(`^(async )?function ${name}\\(`, "m").test(text));
  if (names.length > 0) defined.set(pathToFileURL(file).href, names);
  return text;
}
while (pending.length > 0) {
  const file = path.join(dist, pending.pop());
  if (known.has(file) || !fs.existsSync(file)) continue;
  known.add(file);
  for (const [, target] of look(file).matchAll(/(?:from|import|import\()\s*"(\.[^"]+)"/g)) {
    pending.push(path.relative(dist, path.resolve(path.dirname(file), target)));
  }
}
const lacking = NEEDED.filter((name) => ![...defined.values()].flat().includes(name));
for (const name of lacking.length > 0 ? fs.readdirSync(dist) : []) {
  const file = path.join(dist, name);
  if (/\.m?js$/.test(name) && !known.has(file)) look(file);
}

const found = {};
globalThis.openclawOracle = (functions) => {
  for (const [name, call] of Object.entries(functions)) (found[name] ??= []).push(call);
};

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const names = defined.get(url);
    if (names === undefined) return loaded;
    const readers = names.filter((name) => READERS.includes(name));
    const more = readers.map((name) => `${name} = globalThis.openclawOracleOnce(${name});\n`).join("");
    return { ...loaded, source: `${loaded.source}\n${more}globalThis.openclawOracle({ ${names.join(", ")} });\n` };
  },
});

function fatal(error) {
  fs.writeSync(2, `${error?.stack ?? error}\n`);
  process.reallyExit(1);
}

async function own(name) {
  const [url] = [...defined].find(([, names]) => names.includes(name)) ?? [];
  if (url === undefined) fatal(new Error(`no module defines ${name}`));
  await import(url).catch((error) => { throw fatal(error); });
  return found[name][0];
}

// ---------------------------------------------------------------- the network, which is ours

let requests = [];

// Work that an earlier case left behind, such as the indexing of its memory, gets no connection.
const cases = new AsyncLocalStorage();
let current = 0;

function events(...items) {
  return items.map((item) => `data: ${typeof item === "string" ? item : JSON.stringify(item)}\n\n`).join("");
}

function answer(request, body, reply) {
  const target = new URL(request.url, "http://x").pathname;
  if (target.endsWith("/chat/completions")) {
    const part = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.end(events(
      { ...part, choices: [{ index: 0, delta: { role: "assistant", content: "pong" }, finish_reason: null }] },
      { ...part, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
      { ...part, choices: [], usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } },
      "[DONE]",
    ));
  } else if (target.endsWith("/responses")) {
    const content = [{ type: "output_text", text: "pong", annotations: [] }];
    const item = { id: "i", type: "message", role: "assistant", status: "completed", content };
    const usage = { input_tokens: 9, output_tokens: 1, total_tokens: 10, input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } };
    const whole = { id: "r", object: "response", status: "completed", model: "m", output: [item], usage };
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.end(events(
      { type: "response.created", response: { ...whole, status: "in_progress", output: [] } },
      { type: "response.output_item.added", output_index: 0, item: { ...item, content: [] } },
      { type: "response.content_part.added", item_id: "i", output_index: 0, content_index: 0, part: { ...content[0], text: "" } },
      { type: "response.output_text.delta", item_id: "i", output_index: 0, content_index: 0, delta: "pong" },
      { type: "response.output_item.done", output_index: 0, item },
      { type: "response.completed", response: whole },
    ));
  } else if (target.endsWith("/messages")) {
    const named = (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
    const usage = { input_tokens: 9, output_tokens: 1 };
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.end([
      { type: "message_start", message: { id: "m", type: "message", role: "assistant", content: [], model: "m", stop_reason: null, usage } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "pong" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage },
      { type: "message_stop" },
    ].map(named).join(""));
  } else if (target.endsWith("/embeddings")) {
    const input = [body?.input ?? ""].flat();
    const data = input.map((_, index) => ({ object: "embedding", index, embedding: [0.6, 0.8] }));
    reply.writeHead(200, { "content-type": "application/json" });
    reply.end(JSON.stringify({ object: "list", data, model: "m", usage: { prompt_tokens: 1, total_tokens: 1 } }));
  } else {
    reply.writeHead(404, { "content-type": "application/json" });
    reply.end('{"error": {"message": "no such path"}}');
  }
}

async function serve(scheme) {
  const server = http.createServer((request, reply) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString("utf8");
      let body = null;
      try { body = JSON.parse(text); } catch { /* a body that is not JSON */ }
      const { host, ...headers } = request.headers;
      requests.push({ method: request.method, url: `${scheme}://${host}${request.url}`, headers, body });
      reply.setHeader("connection", "close"); // a connection serves one case
      answer(request, body, reply);
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  server.unref();
  return server.address().port;
}

const ports = { http: await serve("http"), https: await serve("https") };
const connect = net.connect;

function plain(scheme, given) {
  if ((cases.getStore() ?? current) !== current) {
    const none = new net.Socket();
    queueMicrotask(() => none.destroy(new Error("the case is over")));
    return none;
  }
  return connect({ port: ports[scheme], host: "127.0.0.1", autoSelectFamily: false, signal: given?.signal });
}

net.connect = net.createConnection = (...given) => {
  const socket = plain("http", typeof given[0] === "object" ? given[0] : undefined);
  const listener = given.findLast((value) => typeof value === "function");
  if (listener) socket.once("connect", listener);
  return socket;
};
tls.connect = (...given) => {
  const socket = plain("https", given[0]);
  socket.encrypted = socket.authorized = true;
  socket.alpnProtocol = false;
  socket.getPeerCertificate = () => ({});
  socket.getSession = () => undefined;
  const listener = given.findLast((value) => typeof value === "function");
  socket.once("connect", () => { socket.emit("secureConnect"); listener?.(); });
  return socket;
};
function address(host) {
  if (net.isIP(host)) return { address: host, family: net.isIP(host) };
  if (host === "localhost" || host.endsWith(".localhost")) return { address: "127.0.0.1", family: 4 };
  return { address: "20.42.0.1", family: 4 };
}
dns.lookup = (host, options, done) => {
  const call = typeof options === "function" ? options : done;
  const found = address(host);
  if (options?.all) queueMicrotask(() => call(null, [found]));
  else queueMicrotask(() => call(null, found.address, found.family));
};
dns.promises.lookup = async (host, options) => (options?.all ? [address(host)] : address(host));
syncBuiltinESMExports();

// ---------------------------------------------------------------- a case

const initial = { ...process.env };
const out = process.stdout.write.bind(process.stdout);
let said = [];
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (text, encoding, done) => {
    said.push(String(text));
    (typeof encoding === "function" ? encoding : done)?.();
    return true;
  };
}
class Exit extends Error {}
process.exit = (code) => { throw new Exit(`exit ${code}`); };
for (const kind of ["unhandledRejection", "uncaughtException"]) {
  process.on(kind, (error) => {
    if (!(error instanceof Exit)) said.push(`${kind}: ${error?.stack ?? error}\n`);
    if (process.env.ORACLE_DEBUG) fs.writeSync(2, `${kind}: ${error?.stack ?? error}\n`);
  });
}

const runtime = {
  log: (...parts) => said.push(`${parts.join(" ")}\n`),
  error: (...parts) => said.push(`${parts.join(" ")}\n`),
  writeStdout: (text) => said.push(text),
  writeJson: (value) => said.push(JSON.stringify(value)),
  exit: (code) => { throw new Exit(`exit ${code}`); },
};

async function quietly(call) {
  try { await call(); } catch (error) {
    if (!(error instanceof Exit)) said.push(`${error?.stack ?? error}\n`);
  }
}

// One home for all cases: OpenClaw keeps its databases open, and knows them by their paths.
const home = path.join(folder, "home");
const state = path.join(home, ".openclaw");
let written = [];

function write(name, text) {
  const file = path.join(home, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  written.push(file);
}

function enter(item) {
  // What an earlier case left of a provider would be merged with this case's.
  fs.rmSync(path.join(state, "agents/main/agent/models.json"), { force: true });
  for (const file of written) fs.rmSync(file, { force: true });
  written = [];
  write(".openclaw/openclaw.json", item.config);
  for (const [name, text] of Object.entries(item.files ?? {})) write(name, text);
  environ(item);
  for (const name of [...CLEARED, GUARD]) {
    for (const call of found[name] ?? []) call();
  }
}

function environ(item) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, { PATH: initial.PATH, HOME: home, ...item.environ });
}

fs.mkdirSync(state, { recursive: true });
process.chdir(home);
environ({});
const validate = await own("runConfigValidate");
const guard = sends && await own("ensureConfigReady");
const agent = sends && await own("agentCliCommand");
const memory = sends && await own("runMemoryStatus");

function verdict() {
  for (const text of said) {
    try {
      const { valid, issues = [], error } = JSON.parse(text);
      return { valid, issues, ...(valid || issues.length ? {} : { text: error?.message ?? error ?? text }) };
    } catch { /* not the verdict */ }
  }
  return { valid: null, issues: [], text: said.join("") };
}

async function judge(item, number) {
  enter(item);
  said = [];
  requests = [];
  await quietly(() => validate({ json: true, runtime }));
  const result = verdict();
  if (result.valid && item.ask?.includes("turn")) {
    environ(item);
    said = [];
    const session = { agent: "main", sessionKey: `agent:main:case-${process.pid}-${number}` };
    // The program's own entry does this before it runs a command. It decides what becomes of a
    // variable that is not set.
    await quietly(() => guard({ runtime, commandPath: ["agent"], validateConfigOnly: true }));
    await quietly(() => agent({ local: true, ...session, message: "ping", json: true, timeout: "120" }, runtime));
    result.requests = requests;
    result.said = said.join("");
  }
  if (result.valid && item.ask?.includes("embed")) {
    environ(item);
    said = [];
    requests = [];
    await quietly(() => guard({ runtime, commandPath: ["memory", "status"], validateConfigOnly: true }));
    await quietly(() => memory({ agent: "main", deep: true, json: true }, {}));
    result.embeddings = requests;
    result.embeddingsSaid = said.join("");
  }
  return result;
}

// An installation keeps an index of its plugins: its postinstall script or its doctor makes it. Without
// it some versions look through all folders several times a turn, and 2026.5.12 treats Azure like a proxy.
if (sends && [...defined.values()].flat().includes(INDEX)) {
  const refresh = await own(INDEX);
  await quietly(() => refresh({ reason: "manual", config: {}, env: process.env }));
}
hasIndex = true;

// The first turn loads most of the program. On a busy machine it can take more than a turn may.
// Node sends nothing to some ports, such as 1: it would be tried again for a minute and a half.
const first = { baseUrl: "http://127.0.0.1:4000/v1", apiKey: "first-0123456789", api: "openai-completions" };
const providers = { first: { ...first, models: [{ id: "m", name: "m" }] } };
const config = { models: { providers }, agents: { defaults: { model: "first/m" } } };
let number = 0;
await judge({ config: JSON.stringify(config), ask: sends ? ["turn"] : [] }, number);

out(`${JSON.stringify({ ready: Object.keys(found) })}\n`);
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const item = JSON.parse(line);
  const started = performance.now();
  current = ++number;
  const result = await cases.run(current, () => judge(item, number));
  out(`${JSON.stringify({ id: item.id, ...result, ms: Math.round(performance.now() - started) })}\n`);
}
process.reallyExit(0);
