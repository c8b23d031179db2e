#include "gw/envelope.h"

#include "cose.h"
#include "gw/sha256.h"

#include <string.h>

#define PROTECTED_BYTES GW_COSE_HEADER_BYTES(GW_KEY_ID_BYTES)
#define KEY_TYPE 1

/* The key identifier is the first 8 bytes of SHA-256 of 04 || key. */
static void expected_header(const uint8_t operator_key[GW_PUBLIC_KEY_BYTES], uint8_t header[PROTECTED_BYTES]) {
  static const uint8_t uncompressed = 0x04;
  uint8_t digest[GW_HASH_BYTES];
  struct gw_sha256 hash;
  gw_sha256_init(&hash);
  gw_sha256_update(&hash, &uncompressed, 1);
  gw_sha256_update(&hash, operator_key, GW_PUBLIC_KEY_BYTES);
  gw_sha256_final(&hash, digest);
  gw_cose_header(digest, GW_KEY_ID_BYTES, header);
}

static enum gw_status open_payload(const uint8_t *bytes, size_t len, enum gw_message_type type,
                                   struct gw_cbor_reader *payload, uint64_t *members) {
  gw_cbor_reader_init(payload, bytes, len);
  *members = gw_cbor_take_head(payload, GW_CBOR_MAP);
  if (*members < 1 || gw_cbor_take_int(payload) != KEY_TYPE || gw_cbor_take_int(payload) != (int64_t)type)
    return GW_E_FORMAT;
  (*members)--;
  return payload->status;
}

enum gw_status gw_envelope_open(const uint8_t *message, size_t len, enum gw_message_type type,
                                const struct gw_verifier *verifier,
                                const uint8_t operator_key[GW_PUBLIC_KEY_BYTES],
                                struct gw_cbor_reader *payload, uint64_t *members) {
  struct gw_cbor_reader reader;
  uint8_t expected[PROTECTED_BYTES];
  uint8_t header[PROTECTED_BYTES];
  uint8_t signature[GW_SIGNATURE_BYTES];
  uint8_t digest[GW_HASH_BYTES];
  size_t payload_len = 0;
  gw_cbor_reader_init(&reader, message, len);
  if (gw_cbor_take_head(&reader, GW_CBOR_TAG) != GW_COSE_TAG || gw_cbor_take_head(&reader, GW_CBOR_ARRAY) != 4)
    return GW_E_FORMAT;
  gw_cbor_take_exact(&reader, header, sizeof header);
  if (gw_cbor_take_head(&reader, GW_CBOR_MAP) != 0) return GW_E_FORMAT;
  const uint8_t *bytes = gw_cbor_take_string(&reader, GW_CBOR_BYTES, &payload_len);
  gw_cbor_take_exact(&reader, signature, sizeof signature);
  if (gw_cbor_finish(&reader) != GW_OK) return GW_E_FORMAT;
  expected_header(operator_key, expected);
  if (memcmp(header, expected, sizeof header) != 0) return GW_E_SIGNATURE;
  gw_cose_digest(header, sizeof header, bytes, payload_len, digest);
  if (verifier->verify(verifier->ctx, operator_key, digest, signature) != GW_OK) return GW_E_SIGNATURE;
  return open_payload(bytes, payload_len, type, payload, members);
}
