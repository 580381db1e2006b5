// A Bluesky server for one test session, started by tests/kit/pds.py with a data folder as argument.
// It prints one line of JSON with its addresses when it is ready, and ends when its standard input is
// closed, so that it never outlives the tests.
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const net = require("node:net");
const path = require("node:path");
const { createRequire } = require("node:module");

const [modules, folder] = process.argv.slice(2);
const load = createRequire(path.join(modules, "package.json"));

const secret = (bytes) => crypto.randomBytes(bytes).toString("hex");

function folderFor(name) {
  const made = path.join(folder, name);
  fs.mkdirSync(made, { recursive: true });
  return made;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function startDirectory() {
  const plc = load("@did-plc/server");
  const port = await freePort();
  const directory = plc.PlcServer.create({ db: plc.Database.mock(), port });
  await directory.start();
  return `http://localhost:${port}`;
}

async function startServer(didPlcUrl) {
  const { PDS, envToCfg, envToSecrets } = load("@atproto/pds");
  const port = await freePort();
  const settings = {
    devMode: true,
    hostname: "localhost",
    port,
    didPlcUrl,
    inviteRequired: false,
    disableSsrfProtection: true,
    serviceHandleDomains: [".test"],
    dataDirectory: folderFor("data"),
    blobstoreDiskLocation: folderFor("blobs"),
    blobstoreDiskTmpLocation: folderFor("uploads"),
    jwtSecret: secret(16),
    adminPassword: secret(16),
    plcRotationKeyK256PrivateKeyHex: secret(32),
  };
  const server = await PDS.create(envToCfg(settings), envToSecrets(settings));
  await server.start();
  return `http://localhost:${port}`;
}

async function main() {
  const directory = await startDirectory();
  const url = await startServer(directory);
  process.stdout.write(`${JSON.stringify({ url, directory })}\n`);
}

process.stdin.resume();
process.stdin.once("end", () => process.exit(0));
process.stdin.once("error", () => process.exit(0));
main().catch((error) => {
  console.error(error);
  process.exit(1);
});
