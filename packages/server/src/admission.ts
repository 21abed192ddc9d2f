import { randomUUID } from "node:crypto";
import { PeerloomError, toWireError } from "@peerloom/core";
import { isMetadata, isName, isRecord, isUint, metadataBytes, parseHandshake, PROTOCOL_VERSION, type Handshake } from "@peerloom/protocol";
import type { Socket } from "socket.io";
import type { Client } from "./client.ts";
import { claimForAll } from "./cluster/claims.ts";
import type { Common } from "./common.ts";
import type { Core } from "./core.ts";
import type { Identity } from "./hooks.ts";
import type { Claim } from "./registry.ts";
import { isResumeValid } from "./resume.ts";
import type { Tenants } from "./tenants.ts";

/** Who was let in, and into which name space. */
export interface Admission {
  readonly core: Core;
  readonly client: Client;
}

/**
 * Lets a connecting socket in: form, version, `authenticate`, claim of the id in its name space, in this order.
 *
 * @throws PeerloomError `CLOSED`, `BAD_HANDSHAKE`, `PROTOCOL_MISMATCH`, `UNAUTHORIZED`, `LIMIT`, or what the claim throws.
 */
export async function admit(common: Common, tenants: Tenants, socket: Socket): Promise<Admission> {
  common.checkOpen();
  const handshake = readHandshake(common, socket.handshake.auth);
  const identity = await authenticateBounded(common, socket, handshake);
  const { clientId = handshake.clientId ?? randomUUID(), tenant, claims, metadata = handshake.metadata } = identity;
  common.checkOpen();
  if (socket.conn.readyState !== "open") throw new PeerloomError("ABORTED", "the connection was closed during authentication");
  const { instance, resume } = handshake;
  const hasResume = isResumeValid({ key: common.settings.secret, tenant, id: clientId, instance }, resume);
  const core = tenants.hold(tenant);
  try {
    const client = await claim(core, { id: clientId, instance, claims, metadata, hasResume, socket });
    client.rates.address = common.lineOf(socket.conn).row;
    return { core, client };
  } finally {
    tenants.release(core);
  }
}

function claim(core: Core, wanted: Claim): Client | Promise<Client> {
  return core.nodes === undefined ? core.registry.claim(wanted) : claimForAll(core.nodes, core, wanted);
}

/** What socket.io hands to a client whose connection is refused. */
export function connectError(thrown: unknown): Error {
  const { code, message } = toWireError(thrown);
  return Object.assign(new Error(message), { data: { code, message } });
}

/** The version is looked at first: another version's handshake may have another form. */
function readHandshake({ settings }: Common, auth: unknown): Handshake {
  const version = isRecord(auth) && Object.hasOwn(auth, "protocol") ? auth["protocol"] : undefined;
  if (isUint(version) && version !== PROTOCOL_VERSION) {
    throw new PeerloomError(
      "PROTOCOL_MISMATCH",
      `this relay speaks version ${PROTOCOL_VERSION} of the protocol, the client version ${version}`,
    );
  }
  const handshake = parseHandshake(auth);
  if (handshake === undefined) throw new PeerloomError("BAD_HANDSHAKE", "the connection's auth object is not the one of the protocol");
  const { metadataBytes: maxMetadata, nameBytes } = settings.limits;
  if (metadataBytes(handshake.metadata) > maxMetadata) throw new PeerloomError("BAD_HANDSHAKE", `metadata may have ${maxMetadata} bytes`);
  if (Buffer.byteLength(handshake.clientId ?? "") > nameBytes)
    throw new PeerloomError("BAD_HANDSHAKE", `a client id may have ${nameBytes} bytes`);
  return handshake;
}

/** Whoever waits for the hook costs memory, and so does whatever the hook has begun. */
async function authenticateBounded(common: Common, socket: Socket, handshake: Handshake): Promise<Identity> {
  const { pendingHandshakes } = common.settings.limits;
  if (common.authenticating >= pendingHandshakes) throw new PeerloomError("LIMIT", "too many handshakes are being decided");
  common.authenticating += 1;
  try {
    return await authenticate(common, socket, handshake);
  } finally {
    common.authenticating -= 1;
  }
}

async function authenticate(common: Common, socket: Socket, { clientId, instance, token, metadata }: Handshake): Promise<Identity> {
  const hook = common.settings.authenticate;
  if (hook === undefined) return {};
  const { headers } = socket.handshake;
  const { address } = common.lineOf(socket.conn);
  const began = common.timing.begin();
  let identity: unknown;
  try {
    identity = await hook({ clientId, instance, token, metadata, address, headers });
  } catch (thrown) {
    if (PeerloomError.is(thrown)) throw thrown;
    throw new PeerloomError("UNAUTHORIZED", "authentication failed", { cause: thrown });
  } finally {
    common.timing.end("authenticated", began);
  }
  if (!isRecord(identity)) throw new PeerloomError("UNAUTHORIZED", "authentication failed");
  return checkIdentity(common, identity);
}

/** A hook that makes up something impossible is told so, and the client is not let in. */
function checkIdentity(common: Common, identity: Identity): Identity {
  const { clientId, tenant, metadata } = identity;
  const hasNames = [clientId, tenant].every((name) => name === undefined || isName(name));
  if (hasNames && (metadata === undefined || isMetadata(metadata))) return identity;
  common.failed(new TypeError("authenticate returned a clientId, tenant or metadata of the wrong form"));
  throw new PeerloomError("UNAUTHORIZED", "authentication failed");
}
