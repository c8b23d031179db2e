#include "cose.h"

#include "gw/sha256.h"

#include <string.h>

/* Head of the array, context, header, empty external data, head of the payload. */
#define SIG_STRUCTURE_HEAD_MAX (1u + 11u + 1u + 23u + 1u + 9u)

void gw_cose_header(const uint8_t *kid, size_t kid_len, uint8_t *header) {
  static const uint8_t head[4] = {0xa2, 0x01, 0x26, 0x04};
  memcpy(header, head, sizeof head);
  header[sizeof head] = (uint8_t)(0x40u + kid_len);
  memcpy(header + sizeof head + 1, kid, kid_len);
}

void gw_cose_digest(const uint8_t *header, size_t header_len, const uint8_t *payload, size_t len,
                    uint8_t digest[GW_HASH_BYTES]) {
  static const char context[] = "Signature1";
  uint8_t head[SIG_STRUCTURE_HEAD_MAX];
  struct gw_cbor_writer writer;
  struct gw_sha256 hash;
  gw_cbor_writer_init(&writer, head, sizeof head);
  gw_cbor_put_head(&writer, GW_CBOR_ARRAY, 4);
  gw_cbor_put_text(&writer, context, sizeof context - 1);
  gw_cbor_put_bytes(&writer, header, header_len);
  gw_cbor_put_bytes(&writer, NULL, 0);
  gw_cbor_put_head(&writer, GW_CBOR_BYTES, len);
  gw_sha256_init(&hash);
  gw_sha256_update(&hash, head, writer.len);
  gw_sha256_update(&hash, payload, len);
  gw_sha256_final(&hash, digest);
}
