/*
 * What a person types at the bench, a line at a time, over the USB serial port (firmware/docs/PROVISIONING.md):
 *   identity            the device's label: serial number and public key (docs/formats/provisioning.md)
 *   challenge <nonce>   the element's signature over a challenge, 64 hex digits of nonce
 *   settings <message>  settings the operator has signed, in hex
 * Nothing else is understood. A signed challenge is no reading, and settings count only when the operator signed them.
 */
#ifndef GW_CONSOLE_H
#define GW_CONSOLE_H

#include "gw/config.h"

#define GW_CONSOLE_WORD_MAX 9u /* "challenge" */

struct gw_console_config {
  const struct gw_stream *terminal;
  const struct gw_secure_element *element;
  const struct gw_kv *kv;
  const struct gw_verifier *verifier;
  const uint8_t *operator_key; /* GW_PUBLIC_KEY_BYTES; NULL: settings cannot be changed */
  const uint8_t *serial;       /* GW_SERIAL_BYTES */
};

struct gw_console {
  struct gw_console_config config;
  char word[GW_CONSOLE_WORD_MAX + 1];
  size_t word_len;
  bool in_word;
  bool is_broken; /* the rest of the line is passed over, and answered with help */
  bool has_nibble;
  uint8_t nibble;
  size_t len;
  uint8_t bytes[GW_CONFIG_BYTES_MAX]; /* what came in hex */
};

/* What the configuration points at stays. */
void gw_console_init(struct gw_console *console, const struct gw_console_config *config);

/* Reads what was typed and answers. True when `settings` were changed: they act after a restart. */
bool gw_console_step(struct gw_console *console, struct gw_settings *settings);

#endif
