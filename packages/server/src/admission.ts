import { randomUUID } from "node:crypto";
import { PeerloomError, toWireError } from "@peerloom/core";
import { isMetadata, isName, isRecord, isUint, metadataBytes, parseHandshake, PROTOCOL_VERSION, type Handshake } from "@peerloom/protocol";
import type { Socket } from "socket.io";
import { clientAddress } from "./client-address.ts";
import type { Client } from "./client.ts";
import type { Core } from "./core.ts";
import type { Identity } from "./hooks.ts";
import { isResumeValid } from "./resume.ts";

/**
 * Lets a connecting socket in: form, version, `authenticate`, claim of the id, in this order.
 *
 * @throws PeerloomError `BAD_HANDSHAKE`, `PROTOCOL_MISMATCH`, `UNAUTHORIZED`, or what the claim throws.
 */
export async function admit(core: Core, socket: Socket): Promise<Client> {
  const handshake = readHandshake(core, socket.handshake.auth);
  const identity = await authenticate(core, socket, handshake);
  const { clientId = handshake.clientId ?? randomUUID(), claims, metadata = handshake.metadata } = identity;
  if (core.isClosed) throw new PeerloomError("CLOSED", "this relay is closed");
  if (socket.conn.readyState !== "open") throw new PeerloomError("ABORTED", "the connection was closed during authentication");
  const { instance, resume } = handshake;
  const hasResume = isResumeValid(core.settings.secret, clientId, instance, resume);
  return core.registry.claim({ id: clientId, instance, claims, metadata, hasResume, socket });
}

/** What socket.io hands to a client whose connection is refused. */
export function connectError(thrown: unknown): Error {
  const { code, message } = toWireError(thrown);
  return Object.assign(new Error(message), { data: { code, message } });
}

/** The version is looked at first: another version's handshake may have another form. */
function readHandshake({ settings }: Core, auth: unknown): Handshake {
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

async function authenticate(core: Core, socket: Socket, { clientId, instance, token, metadata }: Handshake): Promise<Identity> {
  const hook = core.settings.authenticate;
  if (hook === undefined) return {};
  const { headers } = socket.handshake;
  const address = clientAddress(socket.request, core.settings.trustedProxies);
  let identity: unknown;
  try {
    identity = await hook({ clientId, instance, token, metadata, address, headers });
  } catch (thrown) {
    if (PeerloomError.is(thrown)) throw thrown;
    throw new PeerloomError("UNAUTHORIZED", "authentication failed", { cause: thrown });
  }
  if (!isRecord(identity)) throw new PeerloomError("UNAUTHORIZED", "authentication failed");
  return checkIdentity(core, identity);
}

/** A hook that makes up something impossible is told so, and the client is not let in. */
function checkIdentity(core: Core, identity: Identity): Identity {
  const { clientId, metadata } = identity;
  if ((clientId === undefined || isName(clientId)) && (metadata === undefined || isMetadata(metadata))) return identity;
  core.failed(new TypeError("authenticate returned a clientId or metadata of the wrong form"));
  throw new PeerloomError("UNAUTHORIZED", "authentication failed");
}
