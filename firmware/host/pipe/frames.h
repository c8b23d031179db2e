/*
 * The pipe between the core and the harness that plays everything around it (firmware/host/harness/frames.ts).
 * A frame is a kind (one byte), a length (four bytes, little endian) and that many bytes. The harness speaks first; while
 * it waits for `done`, the core may tell it things (lower case, no answer) or ask (each answered by one `answer` frame).
 */
#ifndef GW_HOST_FRAMES_H
#define GW_HOST_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 65536u

enum frame_kind {
  /* harness to core */
  FRAME_BEGIN = 'B',  /* power is on: initialise, then `done` */
  FRAME_RUN = 'R',    /* int64 until_ms: step from now on, until then or until the core spoke to its modem */
  FRAME_UART = 'U',   /* bytes from the modem */
  FRAME_MAINS = 'M',  /* pairs of int64 from_ms, to_ms: mains are present, [from, to) */
  FRAME_SUBMIT = 'S', /* uint8 last_gasp, then messages, each with a uint16 length before it */
  FRAME_CANCEL = 'C',
  FRAME_TYPE = 'T',   /* characters typed at the console */
  FRAME_ANSWER = 'A', /* uint8 status (enum gw_status), then what was asked for */
  /* core to harness, told */
  FRAME_DONE = 'd',      /* int64 now_ms */
  FRAME_SENT = 'u',      /* bytes for the modem */
  FRAME_KEY = 'k',       /* uint8: PWRKEY pressed or released */
  FRAME_RESULTS = 'r',   /* one uint8 outcome, uint8 code per message */
  FRAME_LOG = 'l',       /* uint8 level, int64 value, word */
  FRAME_TIME = 't',      /* int64 epoch_ms the core believes in now */
  FRAME_SAID = 's',      /* characters for the console */
  FRAME_RESTART = 'x',   /* the core is to be restarted */
  /* core to harness, asked */
  FRAME_SERIAL = '1',    /* -> serial */
  FRAME_SIGN = '2',      /* digest -> signature */
  FRAME_COUNTER = '3',   /* -> uint32 */
  FRAME_FLASH_READ = '4',  /* uint32 offset, uint32 length -> bytes */
  FRAME_FLASH_WRITE = '5', /* uint32 offset, bytes */
  FRAME_FLASH_ERASE = '6', /* uint32 offset */
  FRAME_FLASH_BLANK = '7', /* uint32 offset, uint32 length -> uint8 */
  FRAME_KV_GET = '8',    /* key -> value */
  FRAME_KV_SET = '9',    /* uint8 length of key, key, value */
  FRAME_RTC_GET = 'a',   /* -> int64 */
  FRAME_RTC_SET = 'b',   /* int64 */
  FRAME_PUBLIC_KEY = '0', /* -> key */
  FRAME_VERIFY = 'c',    /* key, digest, signature */
  FRAME_OTA_VERSION = 'e', /* -> uint32 */
  FRAME_OTA_OPEN = 'f',  /* uint32 size, uint32 resume_at */
  FRAME_OTA_WRITE = 'g', /* uint32 offset, bytes */
  FRAME_OTA_READ = 'h',  /* uint32 offset, uint32 length -> bytes */
  FRAME_OTA_ACTIVATE = 'i'
};

void frame_send(enum frame_kind kind, const void *bytes, size_t len);
/* Hands the word back to the harness. */
void frame_done(int64_t now_ms);
/* Reads the next frame into `bytes`; ends the process when the harness is gone. */
enum frame_kind frame_read(uint8_t bytes[FRAME_MAX], size_t *len);

int64_t frame_int64(const uint8_t *bytes);
uint32_t frame_uint32(const uint8_t *bytes);
void frame_put_int64(uint8_t *bytes, int64_t value);
void frame_put_uint32(uint8_t *bytes, uint32_t value);

#endif
