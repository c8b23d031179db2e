/* What the operator signs for devices: docs/formats/device-messages.md. */
#ifndef GW_ENVELOPE_H
#define GW_ENVELOPE_H

#include "gw/cbor.h"
#include "gw/port.h"

#define GW_KEY_ID_BYTES 8u

enum gw_message_type { GW_MESSAGE_CONFIG = 1, GW_MESSAGE_FIRMWARE = 2 };

/*
 * Checks shape, type and signature of a message and leaves `payload` behind the head of its map, its `type` member and
 * nothing else. `members` is the number of members that follow. GW_E_FORMAT, GW_E_SIGNATURE.
 */
enum gw_status gw_envelope_open(const uint8_t *message, size_t len, enum gw_message_type type,
                                const struct gw_verifier *verifier,
                                const uint8_t operator_key[GW_PUBLIC_KEY_BYTES],
                                struct gw_cbor_reader *payload, uint64_t *members);

#endif
