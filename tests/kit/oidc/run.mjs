// An OAuth provider for one test session, started by tests/kit/oidc.py with a data folder as
// argument. What signs in, hands out, rotates and revokes is oidc-provider, which is certified.
// Around it stands only what our adapters ask of a network besides: who a token belongs to, and
// where an account of the AT Protocol lives. It ends when its standard input is closed.

import crypto from "node:crypto";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [modules] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(path.join(modules, "node_modules", name)).href);
const { default: Provider } = await load("oidc-provider/lib/index.js");
const { default: Memory } = await load("oidc-provider/lib/adapters/memory_adapter.js");
const jose = await load("jose/dist/node/esm/index.js");

const HANDLE = "baker.test";
const DID = "did:plc:abcdefghijklmnopqrstuvwx";
const LINKEDIN = {
  "/oauth/v2/authorization": "/i/oauth2/authorize",
  "/oauth/v2/accessToken": "/2/oauth2/token",
};
const handedOut = { refresh: [], grants: new Set() };

// A program on this computer describes itself in its id (atproto.com/specs/oauth).
function loopbackClient(id) {
  const told = new URL(id).searchParams;
  return {
    client_id: id,
    application_type: "native",
    redirect_uris: told.getAll("redirect_uri"),
    scope: told.get("scope"),
    response_types: ["code"],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
    dpop_bound_access_tokens: true,
  };
}

class Adapter extends Memory {
  constructor(name) {
    super(name);
    this.clients = name === "Client";
  }

  async find(id) {
    return this.clients && id.startsWith("http://localhost?") ? loopbackClient(id) : super.find(id);
  }
}

const publicClient = {
  client_id: "public-app",
  application_type: "native",
  redirect_uris: ["http://127.0.0.1/callback"],
  grant_types: ["authorization_code", "refresh_token"],
  token_endpoint_auth_method: "none",
};
const confidentialClient = {
  client_id: "confidential-app",
  client_secret: "the-secret-of-the-team",
  application_type: "native",
  redirect_uris: ["http://127.0.0.1/callback"],
  grant_types: ["authorization_code", "refresh_token"],
  token_endpoint_auth_method: "client_secret_post",
};

const configuration = {
  adapter: Adapter,
  clients: [publicClient, confidentialClient],
  scopes: [
    ...["openid", "profile", "w_member_social"],
    ...["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"],
    ...["atproto", "transition:generic"],
  ],
  claims: { profile: ["name"] },
  discovery: { client_id_metadata_document_supported: true },
  pkce: { required: (_, client) => client.clientAuthMethod === "none" },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  routes: {
    authorization: "/i/oauth2/authorize",
    token: "/2/oauth2/token",
    revocation: "/2/oauth2/revoke",
    userinfo: "/v2/userinfo",
  },
  features: {
    revocation: { enabled: true },
    dPoP: {
      enabled: true,
      nonceSecret: crypto.randomBytes(32),
      requireNonce: () => true,
    },
  },
  ttl: {
    AccessToken: 60,
    AuthorizationCode: 30,
    Grant: 600,
    Interaction: 60,
    RefreshToken: 600,
    Session: 60,
  },
  cookies: { keys: [crypto.randomBytes(32).toString("hex")] },
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: `Baker ${id}` }),
  }),
};

// Who a token belongs to; a bound one only with a proof of its key, checked by the jose library.
async function holder(provider, request) {
  const [kind, text] = (request.headers.authorization ?? "").split(" ");
  const token = text && (await provider.AccessToken.find(text));
  if (!token || token.isExpired) return undefined;
  if (!token.jkt) return kind === "Bearer" ? token.accountId : undefined;
  const { payload, protectedHeader } = await jose.jwtVerify(
    request.headers.dpop,
    jose.EmbeddedJWK,
    { typ: "dpop+jwt", algorithms: ["ES256"], maxTokenAge: 60 },
  );
  const key = await jose.calculateJwkThumbprint(protectedHeader.jwk);
  const ath = crypto.createHash("sha256").update(text).digest("base64url");
  const fits = kind === "DPoP" && key === token.jkt && payload.ath === ath;
  const meant = payload.htm === request.method && payload.htu.endsWith(request.url.split("?")[0]);
  return fits && meant ? token.accountId : undefined;
}

function resources(provider, issuer) {
  const known = { did: DID, handle: HANDLE };
  const service = { id: "#atproto_pds", serviceEndpoint: issuer };
  const didDoc = { id: DID, alsoKnownAs: [`at://${HANDLE}`], service: [service] };
  const signedIn = async (request, show) => {
    const id = await holder(provider, request).catch(() => undefined);
    return id === undefined ? [401, { error: "invalid_token" }] : [200, show(id)];
  };
  return {
    "/2/users/me": (request) =>
      signedIn(request, (id) => ({ data: { id, username: `baker${id}`, name: `Baker ${id}` } })),
    "/xrpc/com.atproto.server.getSession": (request) => signedIn(request, () => known),
    "/xrpc/com.atproto.repo.describeRepo": () => [200, { ...known, didDoc }],
    "/xrpc/com.atproto.identity.resolveHandle": (request) =>
      request.url.endsWith(`handle=${HANDLE}`) ? [200, known] : [400, { error: "InvalidRequest" }],
    // Without a scope for organizations there are none.
    "/rest/organizationAcls": () => [403, { status: 403, code: "ACCESS_DENIED", message: "No" }],
    "/.well-known/oauth-protected-resource": () => [
      200,
      { resource: issuer, authorization_servers: [issuer] },
    ],
    "/test/refresh-tokens": () => [200, { tokens: handedOut.refresh }],
    "/test/forget-everybody": async () => {
      for (const id of handedOut.grants) await (await provider.Grant.find(id))?.destroy();
      return [200, {}];
    },
  };
}

async function start() {
  const server = http.createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  provider.use(async (context, next) => {
    await next();
    if (context.oidc?.route !== "token" || !context.body?.access_token) return;
    // The profile of the AT Protocol wants the account beside its tokens.
    context.body.sub = context.oidc.entities.Account.accountId;
    handedOut.refresh.push(context.body.refresh_token);
    handedOut.grants.add(context.oidc.entities.Grant.jti);
  });
  const own = resources(provider, issuer);
  const certified = provider.callback();
  server.on("request", async (request, response) => {
    const [route, query] = request.url.split("?");
    if (own[route]) {
      const [status, body] = await own[route](request);
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      return;
    }
    const renamed = route === "/.well-known/oauth-authorization-server"
      ? "/.well-known/openid-configuration"
      : (LINKEDIN[route] ?? route);
    request.url = query === undefined ? renamed : `${renamed}?${query}`;
    certified(request, response);
  });
  process.stdout.write(`${JSON.stringify({ url: issuer, handle: HANDLE, did: DID })}\n`);
}

process.stdin.resume();
process.stdin.once("end", () => process.exit(0));
process.stdin.once("error", () => process.exit(0));
start().catch((error) => {
  console.error(error);
  process.exit(1);
});
