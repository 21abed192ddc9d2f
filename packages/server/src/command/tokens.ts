import { PeerloomError } from "@peerloom/core";
import { isName, isRecord } from "@peerloom/protocol";
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import type { Authenticate, Identity } from "../hooks.ts";
import type { CommandOptions } from "./options.ts";
import type { Told } from "./read-options.ts";
import { UsageError } from "./usage-error.ts";

/** Reads clients' tokens. */
export interface Tokens {
  readonly authenticate: Authenticate;
  /** Reads the file of keys anew. @throws UsageError when that cannot be done; the old keys stay. */
  readonly reload: () => void;
}

type Files = (path: string) => string;

/** Signatures that only the holder of a private key can make: a public key must never be taken for a shared secret. */
const publicKeyAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
const clockToleranceSeconds = 5;
const fetchTimeoutMs = 5000;

/** Clients prove who they are by JWTs: undefined when the options want none. @throws UsageError when the keys cannot be read. */
export function readTokens({ options, sources }: Pick<Told, "options" | "sources">, readFile: Files): Tokens | undefined {
  const { authSecret, authJwks } = options;
  if (authSecret !== undefined) {
    const key = new TextEncoder().encode(authSecret);
    return { authenticate: verifier(options, ["HS256"], () => key), reload: () => {} };
  }
  if (authJwks === undefined) return undefined;
  const source = sources.authJwks ?? "--auth-jwks";
  if (/^https?:/.test(authJwks)) {
    const keys = createRemoteJWKSet(keysUrl(authJwks, source), { timeoutDuration: fetchTimeoutMs });
    return { authenticate: verifier(options, publicKeyAlgorithms, () => keys), reload: () => {} };
  }
  let keys = readKeys(authJwks, source, readFile);
  const reload = (): void => {
    keys = readKeys(authJwks, source, readFile);
  };
  return { authenticate: verifier(options, publicKeyAlgorithms, () => keys), reload };
}

function verifier(
  { authIssuer, authAudience }: CommandOptions,
  algorithms: string[],
  key: () => Uint8Array | JWTVerifyGetKey,
): Authenticate {
  const rules = {
    algorithms,
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ["sub"],
    ...(authIssuer !== undefined && { issuer: authIssuer }),
    ...(authAudience !== undefined && { audience: authAudience }),
  };
  return async ({ token }) => {
    if (token === undefined) throw new PeerloomError("UNAUTHORIZED", "this relay asks for a token");
    try {
      const keyNow = key();
      const { payload } = await (typeof keyNow === "function" ? jwtVerify(token, keyNow, rules) : jwtVerify(token, keyNow, rules));
      return identityOf(payload);
    } catch (thrown) {
      throw refusal(thrown);
    }
  };
}

/** What a token says of its bearer: `sub` is the id, `tenant` the name space, `metadata` what others see. */
function identityOf(payload: JWTPayload): Identity {
  const { sub, tenant, metadata } = payload;
  if (!isName(sub)) throw new PeerloomError("UNAUTHORIZED", `the token's "sub" is no client id`);
  if (tenant !== undefined && !isName(tenant)) throw new PeerloomError("UNAUTHORIZED", `the token's "tenant" is no name`);
  return {
    clientId: sub,
    claims: payload,
    ...(tenant !== undefined && { tenant }),
    ...(metadata !== undefined && { metadata: metadata as NonNullable<Identity["metadata"]> }),
  };
}

/** What a client is told. It may come back when the keys could not be had, and only then. */
function refusal(thrown: unknown): PeerloomError {
  if (PeerloomError.is(thrown)) return thrown;
  if (thrown instanceof errors.JWTExpired) return new PeerloomError("UNAUTHORIZED", "the token has expired", { cause: thrown });
  const isAboutToken = thrown instanceof errors.JOSEError && !(thrown instanceof errors.JWKSTimeout) && thrown.code !== "ERR_JOSE_GENERIC";
  if (isAboutToken) return new PeerloomError("UNAUTHORIZED", "the token is not valid", { cause: thrown });
  return new PeerloomError("TIMEOUT", "the keys of the tokens cannot be had at present", { cause: thrown });
}

function keysUrl(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.hostname === "localhost" || url?.hostname === "127.0.0.1" || url?.hostname === "[::1]";
  if (url?.protocol === "https:" || (url !== undefined && isLocal)) return url;
  throw new UsageError(`${source} must be a path or an https URL: keys fetched by http could be anyone's`);
}

function readKeys(path: string, source: string, readFile: Files): JWTVerifyGetKey {
  try {
    const keys: unknown = JSON.parse(readFile(path));
    if (!isRecord(keys) || !Array.isArray(keys["keys"])) throw new TypeError(`it holds no {"keys": […]}`);
    return createLocalJWKSet(keys as unknown as Parameters<typeof createLocalJWKSet>[0]);
  } catch (thrown) {
    throw new UsageError(`${source}: the keys in ${path} cannot be read: ${(thrown as Error).message}`, { cause: thrown });
  }
}
