export { parseMemberCard, statuses, type MemberCard, type Status } from "./card.ts";
export { callRoom, CHAT } from "./events.ts";
export { cleanFileName, parseFileRequest, type FileOffer, type FileRequest } from "./file.ts";
export {
  maxEmojiPerLine,
  maxPageLength,
  maxPageLines,
  maxPeoplePerEmoji,
  parseHistoryPage,
  parseHistoryRequest,
  type HistoryPage,
  type HistoryRequest,
  type RememberedLine,
} from "./history.ts";
export { inBytes } from "./in-bytes.ts";
export { maxQuoteLength, maxTextLength, parseWireLine, type LineKey, type Quote, type WireLine } from "./line.ts";
export {
  cleanName,
  cleanRoom,
  hashOfRoom,
  idOfName,
  maxNameLength,
  maxRoomLength,
  nameOfMember,
  problemOfName,
  roomOfHash,
} from "./names.ts";
export { isEmoji, parseWireReaction, type WireReaction } from "./reaction.ts";
