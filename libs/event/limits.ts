/** Bounds of what intake accepts (ARCHITECTURE.md, "The event"). Bytes are of UTF-8. */
export const LIMITS = {
  messageBytes: 1024 * 1024,
  textFieldBytes: 1024,
  metadataBytes: 256 * 1024,
  metadataKeys: 1_000,
  metadataDepth: 64,
  metadataKeyBytes: 512,
  eventBytes: 4 * 1024 * 1024,
  eventsPerRequest: 10_000,
  bodyBytes: 16 * 1024 * 1024,
  inflatedBytes: 64 * 1024 * 1024,
} as const;
