/* SHA-256, FIPS 180-4, over bytes in any chunking. */
#ifndef GW_SHA256_H
#define GW_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct gw_sha256 {
  uint32_t state[8];
  uint64_t length_bytes;
  uint8_t block[64];
};

void gw_sha256_init(struct gw_sha256 *hash);
void gw_sha256_update(struct gw_sha256 *hash, const uint8_t *bytes, size_t len);
void gw_sha256_final(struct gw_sha256 *hash, uint8_t digest[32]);

/* The whole in one call. */
void gw_sha256(const uint8_t *bytes, size_t len, uint8_t digest[32]);

#endif
