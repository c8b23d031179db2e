#include "gw/text.h"

static int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

void gw_hex_encode(const uint8_t *bytes, size_t len, char *text) {
  static const char digits[] = "0123456789ABCDEF";
  for (size_t i = 0; i < len; i++) {
    *text++ = digits[bytes[i] >> 4];
    *text++ = digits[bytes[i] & 15u];
  }
  *text = '\0';
}

enum gw_status gw_hex_decode(const char *text, size_t digits, uint8_t *bytes, size_t max,
                             size_t *len) {
  if (digits % 2 != 0) return GW_E_FORMAT;
  if (digits / 2 > max) return GW_E_SPACE;
  for (size_t i = 0; i < digits / 2; i++) {
    int high = digit_value(text[2 * i]);
    int low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return GW_E_FORMAT;
    bytes[i] = (uint8_t)(high * 16 + low);
  }
  *len = digits / 2;
  return GW_OK;
}

void gw_base64url_encode(const uint8_t *bytes, size_t len, char *text) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (size_t i = 0; i < len; i += 3) {
    size_t left = len - i < 3 ? len - i : 3;
    uint32_t group = (uint32_t)bytes[i] << 16;
    if (left > 1) group |= (uint32_t)bytes[i + 1] << 8;
    if (left > 2) group |= bytes[i + 2];
    for (size_t k = 0; k <= left; k++) *text++ = alphabet[(group >> (18 - 6 * k)) & 63u];
  }
  *text = '\0';
}
