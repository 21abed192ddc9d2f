export { parseControl, type ControlRequest, type ControlRequests, type ControlType } from "./control.ts";
export { encodeCancel, encodeEvent, encodeFailure, encodeRequest, encodeResponse, KIND, type EncodedFrame } from "./frame.ts";
export { fromBase64, toBase64 } from "./base64.ts";
export { ENCRYPTION } from "./encryption.ts";
export { isFilled } from "./holes.ts";
export { parseHandshake, parseWelcome, type Handshake, type Welcome } from "./handshake.ts";
export { parseIceServers, type IceServer, type IceServerList } from "./ice-servers.ts";
export { DEFAULT_NAMESPACE, PROTOCOL_VERSION, WIRE } from "./limits.ts";
export { checkMetadata, isMetadata, metadataBytes, type Metadata } from "./metadata.ts";
export {
  checkEventName,
  checkName,
  checkRoomName,
  instanceOf,
  isInstance,
  isName,
  isRoomName,
  isSessionId,
  RESERVED_PREFIX,
} from "./names.ts";
export { encodePacket, parseJson, parsePacket, type PacketExtension, type PacketHeader, type ParsedPacket } from "./packet.ts";
export { packText, unpackText } from "./packet-text.ts";
export { parseFrame, type Frame, type PartFrame } from "./parse-frame.ts";
export { fitsPacket, frameBytes, splitFrame } from "./split.ts";
export { encodeValues, type EncodedValues, type Hole, type Path } from "./values.ts";
export { parseNotice, parseQuestion, type Notice, type Notices, type NoticeType, type PairQuestion } from "./notice.ts";
export {
  isMember,
  isProvider,
  parseList,
  parseMember,
  parsePeerStatus,
  parseProvider,
  parseReply,
  parseServiceSummary,
  parseWireError,
  type Member,
  type PeerState,
  type PeerStatus,
  type Provider,
  type Reply,
  type ServiceSummary,
} from "./reply.ts";
export { isListOf, isOneOf, isRecord, isText, isUint, parseShape, type Guard, type Optional, type Shape } from "./shape.ts";
export {
  encodeAccept,
  encodeCredit,
  encodeData,
  encodeEnd,
  encodeOpen,
  encodeRefuse,
  encodeReset,
  type StreamFrame,
} from "./stream-frame.ts";
export { isRoom, parseTopicRoom, topicRoom, type TopicName } from "./topic-room.ts";
export { cutText, utf8Length } from "./text.ts";
