#include "port_esp.h"

#include "psa/crypto.h"

#include <string.h>

static psa_status_t import(const uint8_t public_key[GW_PUBLIC_KEY_BYTES], psa_key_id_t *key) {
  uint8_t uncompressed[1 + GW_PUBLIC_KEY_BYTES] = {0x04};
  psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
  memcpy(uncompressed + 1, public_key, GW_PUBLIC_KEY_BYTES);
  psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
  psa_set_key_bits(&attributes, 256);
  psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
  psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
  return psa_import_key(&attributes, uncompressed, sizeof uncompressed, key);
}

static enum gw_status verify(void *ctx, const uint8_t public_key[GW_PUBLIC_KEY_BYTES],
                             const uint8_t digest[GW_HASH_BYTES], const uint8_t signature[GW_SIGNATURE_BYTES]) {
  psa_key_id_t key = PSA_KEY_ID_NULL;
  (void)ctx;
  if (psa_crypto_init() != PSA_SUCCESS) return GW_E_IO;
  if (import(public_key, &key) != PSA_SUCCESS) return GW_E_ARGUMENT;
  psa_status_t status = psa_verify_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), digest, GW_HASH_BYTES, signature, GW_SIGNATURE_BYTES);
  (void)psa_destroy_key(key);
  return status == PSA_SUCCESS ? GW_OK : GW_E_SIGNATURE;
}

const struct gw_verifier port_verifier = {.verify = verify};
