export { Call, type CallEvents, type CallOptions, type CallState, type LeaveReason } from "./call.js";
export {
  applyQuality,
  canShareScreen,
  CaptureError,
  type CaptureProblem,
  captureProblem,
  openCamera,
  openMicrophone,
  openMicrophoneAndCamera,
  openScreen,
  type VideoQuality,
} from "./capture.js";
export { Client, type ClientEvents, type ClientOptions } from "./client.js";
export { Conversation, type ConversationEvents } from "./conversation.js";
export { Emitter, Observable } from "./emitter.js";
export { ClosedError, isProblem, ProblemError, SessionLostError, TimeoutError } from "./errors.js";
export type * as protocol from "./generated/protocol.js";
export { uuidv7 } from "./ids.js";
export type { PendingMessage } from "./messages.js";
export type { LocalMedia } from "./publisher.js";
export type { RemoteMedia, RemoteParticipant } from "./roster.js";
export type { SessionState } from "./session.js";
export { ClientStorage, MemoryStorage } from "./storage.js";
