/*
 * Everything outside the core, as tables of functions. The core never calls anything else: no libc clock, no heap, no
 * vendor header. A table is const and outlives the core; `ctx` is the port's own. Unless said otherwise a call may block
 * for as long as the part needs (flash erase 50 ms, signature 115 ms) but never for a network.
 *
 * Two kinds of time, never mixed: `now_ms` counts milliseconds since power-on and never steps back (every step function
 * is given it); `epoch_ms` is UTC and known only through gw/clock.h.
 */
#ifndef GW_PORT_H
#define GW_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gw/status.h"

#define GW_SERIAL_BYTES 9u
#define GW_HASH_BYTES 32u
#define GW_SIGNATURE_BYTES 64u
#define GW_PUBLIC_KEY_BYTES 64u /* X || Y, without the leading 04 */
#define GW_KV_KEY_MAX 15u       /* NVS keys have at most 15 characters */

/* A clock that runs through resets but not through loss of power. */
struct gw_rtc {
  void *ctx;
  /* UTC in milliseconds, or GW_E_NONE when it was never set since power-on. */
  enum gw_status (*get)(void *ctx, int64_t *epoch_ms);
  enum gw_status (*set)(void *ctx, int64_t epoch_ms);
};

/* Bytes in and out: a UART, or one TCP connection that is already open. Never blocks. */
struct gw_stream {
  void *ctx;
  /* Takes up to `len` bytes and says how many it took (0 when its buffer is full). */
  size_t (*write)(void *ctx, const uint8_t *bytes, size_t len);
  /* Gives what has arrived, at most `max` bytes; 0 when nothing has. Any chunking may happen. */
  size_t (*read)(void *ctx, uint8_t *bytes, size_t max);
};

/* Lines beside the modem's UART. */
struct gw_modem_pins {
  void *ctx;
  void (*power_key)(void *ctx, bool pressed); /* true pulls PWRKEY low */
  bool (*running)(void *ctx);                 /* STATUS line; always true where it is not wired */
};

/*
 * A raw NOR partition. Offsets and lengths of `write` are multiples of 16 (the block of encrypted flash); a block is
 * written once between erases. A power cut may leave any prefix of a write, and anything at all of an erase.
 */
struct gw_flash {
  void *ctx;
  uint32_t size_bytes;
  uint32_t sector_bytes;
  enum gw_status (*read)(void *ctx, uint32_t offset, uint8_t *bytes, uint32_t len);
  enum gw_status (*write)(void *ctx, uint32_t offset, const uint8_t *bytes, uint32_t len);
  enum gw_status (*erase)(void *ctx, uint32_t offset); /* the sector that begins there */
  /* Whether nothing was written there since the erase. Looks beneath the encryption, which `read` cannot. */
  enum gw_status (*blank)(void *ctx, uint32_t offset, uint32_t len, bool *is_blank);
};

/* Small named values that survive power loss. `set` is atomic: afterwards either the old or the new value is there. */
struct gw_kv {
  void *ctx;
  /* Fills `bytes` and sets `*len` to the value's length. GW_E_NONE: no such key. GW_E_SPACE: longer than `max`. */
  enum gw_status (*get)(void *ctx, const char *key, uint8_t *bytes, size_t max, size_t *len);
  enum gw_status (*set)(void *ctx, const char *key, const uint8_t *bytes, size_t len);
};

/* Mains pulses of the opto-coupler: two per cycle, timestamped in the interrupt. */
struct gw_mains {
  void *ctx;
  /* Moves up to `max` pulse times (milliseconds since power-on, ascending) out of the queue; 0 when it is empty. */
  size_t (*take)(void *ctx, int64_t *pulse_ms, size_t max);
};

/* Secure element: the key never leaves it. */
struct gw_secure_element {
  void *ctx;
  enum gw_status (*serial)(void *ctx, uint8_t serial[GW_SERIAL_BYTES]);
  /* ECDSA P-256 over a SHA-256 digest, raw r || s. */
  enum gw_status (*sign)(void *ctx, const uint8_t digest[GW_HASH_BYTES],
                         uint8_t signature[GW_SIGNATURE_BYTES]);
  /* Steps the monotonic counter and gives its new value; after a power cut it may have stepped by more than one,
     never back. GW_E_EXHAUSTED at its end. */
  enum gw_status (*counter_step)(void *ctx, uint32_t *value);
  /* The public half of the key it signs with. */
  enum gw_status (*public_key)(void *ctx, uint8_t key[GW_PUBLIC_KEY_BYTES]);
};

/* Verification of what the operator signs (configuration, firmware). GW_E_SIGNATURE when it does not hold. */
struct gw_verifier {
  void *ctx;
  enum gw_status (*verify)(void *ctx, const uint8_t public_key[GW_PUBLIC_KEY_BYTES],
                           const uint8_t digest[GW_HASH_BYTES],
                           const uint8_t signature[GW_SIGNATURE_BYTES]);
};

/* Where a firmware image goes: the slot that is not running. */
struct gw_ota_sink {
  void *ctx;
  uint32_t (*running_version)(void *ctx); /* secure version of the image that runs */
  enum gw_status (*open)(void *ctx, uint32_t size_bytes, uint32_t resume_at);
  enum gw_status (*write)(void *ctx, uint32_t offset, const uint8_t *bytes, uint32_t len);
  enum gw_status (*read)(void *ctx, uint32_t offset, uint8_t *bytes, uint32_t len);
  enum gw_status (*activate)(void *ctx); /* boot from it next time; the port checks its signature once more */
};

enum gw_reset_cause {
  GW_RESET_POWER,  /* power-on or brown-out: the supply was gone */
  GW_RESET_RESTART /* everything else: watchdog, update, deep sleep */
};

/* The board around the core. */
struct gw_board {
  void *ctx;
  enum gw_reset_cause (*reset_cause)(void *ctx);
  void (*feed_watchdog)(void *ctx);
};

enum gw_log_level { GW_LOG_ERROR, GW_LOG_WARN, GW_LOG_INFO };

/* One fixed word per event and one number: no formatting in the core, nothing personal in the log. */
struct gw_log {
  void *ctx;
  void (*event)(void *ctx, enum gw_log_level level, const char *word, int64_t value);
};

#endif
