#include "gw/crc.h"
#include "gw/sha256.h"
#include "gw/text.h"
#include "tests/groups.h"

#include <string.h>

static void expect_sha256(const char *message, size_t len, const char *hex) {
  uint8_t expected[32];
  uint8_t got[32];
  test_hex(hex, expected, sizeof expected);
  for (size_t chunk = 1; chunk <= 131; chunk += 13) {
    struct gw_sha256 hash;
    gw_sha256_init(&hash);
    for (size_t at = 0; at < len; at += chunk)
      gw_sha256_update(&hash, (const uint8_t *)message + at, len - at < chunk ? len - at : chunk);
    gw_sha256_final(&hash, got);
    SAME_BYTES(expected, got, sizeof got);
  }
}

/* Examples of the NIST Cryptographic Standards page for SHA-256, and of FIPS 180-2 appendix B. */
static void nist_examples(void) {
  const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  expect_sha256("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect_sha256("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect_sha256(two_blocks, strlen(two_blocks), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void nist_million(void) {
  static const char a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  uint8_t expected[32];
  uint8_t got[32];
  struct gw_sha256 hash;
  gw_sha256_init(&hash);
  for (int i = 0; i < 10000; i++) gw_sha256_update(&hash, (const uint8_t *)a, 100);
  gw_sha256_final(&hash, got);
  test_hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", expected, sizeof expected);
  SAME_BYTES(expected, got, sizeof got);
}

/* Lengths at which the padding needs a block of its own, or just does not; digests from GNU sha256sum. */
static void padding_edges(void) {
  static const char zeros[65] = {0};
  expect_sha256(zeros, 55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7");
  expect_sha256(zeros, 56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb");
  expect_sha256(zeros, 64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b");
}

static const struct test sha256_tests[] = {
    {"gives the digests of the NIST examples in any chunking", nist_examples},
    {"gives the NIST digest of a million times the letter a", nist_million},
    {"pads at the edges of a block", padding_edges},
};
TEST_GROUP(sha256, sha256_tests);

static void hex_both_ways(void) {
  uint8_t bytes[4];
  char text_out[9];
  size_t len = 0;
  EQUAL(GW_OK, gw_hex_decode("00fFa17E", 8, bytes, sizeof bytes, &len));
  EQUAL(4, len);
  gw_hex_encode(bytes, 4, text_out);
  CHECK(strcmp(text_out, "00FFA17E") == 0);
}

static void hex_refusals(void) {
  uint8_t bytes[2];
  size_t len = 0;
  EQUAL(GW_E_FORMAT, gw_hex_decode("abc", 3, bytes, sizeof bytes, &len));
  EQUAL(GW_E_FORMAT, gw_hex_decode("0g", 2, bytes, sizeof bytes, &len));
  EQUAL(GW_E_SPACE, gw_hex_decode("001122", 6, bytes, sizeof bytes, &len));
}

/* RFC 4648 section 10, in the alphabet of section 5. */
static void base64url_examples(void) {
  char out[12];
  const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
  const char *const coded[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
  const uint8_t special[3] = {0xfb, 0xef, 0xff};
  for (size_t i = 0; i < 7; i++) {
    gw_base64url_encode((const uint8_t *)plain[i], strlen(plain[i]), out);
    CHECK(strcmp(out, coded[i]) == 0);
  }
  gw_base64url_encode(special, sizeof special, out);
  CHECK(strcmp(out, "--__") == 0);
}

static const struct test text_tests[] = {
    {"reads hex of either case and writes it in upper case", hex_both_ways},
    {"refuses half bytes, other letters and what does not fit", hex_refusals},
    {"writes base64url without padding, as in RFC 4648", base64url_examples},
};
TEST_GROUP(text, text_tests);

static void crc_check_values(void) {
  const uint8_t *check = (const uint8_t *)"123456789";
  EQUAL(0x4b37, gw_crc16_modbus(check, 9));
  EQUAL(0xcbf43926, gw_crc32(0, check, 9));
  EQUAL(0xcbf43926, gw_crc32(gw_crc32(0, check, 4), check + 4, 5));
}

static const struct test crc_tests[] = {
    {"gives the catalogued check values of both polynomials, in pieces too", crc_check_values},
};
TEST_GROUP(crc, crc_tests);
