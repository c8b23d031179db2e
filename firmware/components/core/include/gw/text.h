/* Bytes as text: hex, as the modem and the serial number are written; base64url, as signatures are shown. */
#ifndef GW_TEXT_H
#define GW_TEXT_H

#include "gw/status.h"

#include <stddef.h>
#include <stdint.h>

/* Writes 2 * len upper-case digits and a final zero; `text` holds 2 * len + 1 characters. */
void gw_hex_encode(const uint8_t *bytes, size_t len, char *text);

/* Reads `digits` hex digits of either case. GW_E_FORMAT for anything else or an odd count, GW_E_SPACE past `max`. */
enum gw_status gw_hex_decode(const char *text, size_t digits, uint8_t *bytes, size_t max,
                             size_t *len);

/* RFC 4648 section 5 without padding; `text` holds (4 * len + 2) / 3 + 1 characters. */
void gw_base64url_encode(const uint8_t *bytes, size_t len, char *text);

#endif
