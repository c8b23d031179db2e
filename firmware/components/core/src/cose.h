/* COSE_Sign1 (RFC 9052) as far as readings and operator messages share it: ES256, a key identifier, nothing else. */
#ifndef GW_COSE_H
#define GW_COSE_H

#include "gw/cbor.h"
#include "gw/port.h"

#define GW_COSE_TAG 18u
#define GW_COSE_HEADER_BYTES(kid_bytes) (5u + (kid_bytes))

/* The protected header {1: -7, 4: kid}, section 3.1; kid has at most 23 bytes. */
void gw_cose_header(const uint8_t *kid, size_t kid_len, uint8_t *header);

/* SHA-256 of the Sig_structure of section 4.4, without external data. The header has at most 23 bytes. */
void gw_cose_digest(const uint8_t *header, size_t header_len, const uint8_t *payload, size_t len,
                    uint8_t digest[GW_HASH_BYTES]);

#endif
