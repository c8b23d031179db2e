#include "gw/cbor.h"

#include <string.h>

#define INFO_ONE_BYTE 24u
#define INFO_EIGHT_BYTES 27u

void gw_cbor_writer_init(struct gw_cbor_writer *writer, uint8_t *bytes, size_t max) {
  *writer = (struct gw_cbor_writer){.bytes = bytes, .max = max, .status = GW_OK};
}

static void put(struct gw_cbor_writer *writer, const uint8_t *bytes, size_t len) {
  if (writer->status != GW_OK) return;
  if (writer->max - writer->len < len) {
    writer->status = GW_E_SPACE;
    return;
  }
  if (len > 0) memcpy(writer->bytes + writer->len, bytes, len);
  writer->len += len;
}

void gw_cbor_put_head(struct gw_cbor_writer *writer, enum gw_cbor_major major, uint64_t argument) {
  uint8_t head[9];
  uint8_t type = (uint8_t)((unsigned)major << 5);
  size_t width = argument < INFO_ONE_BYTE ? 0
                 : argument <= 0xffu      ? 1
                 : argument <= 0xffffu    ? 2
                 : argument <= 0xffffffffu ? 4
                                           : 8;
  static const uint8_t info_of_width[9] = {[1] = 24, [2] = 25, [4] = 26, [8] = 27};
  head[0] = (uint8_t)(type | (width == 0 ? (uint8_t)argument : info_of_width[width]));
  for (size_t i = 0; i < width; i++) head[1 + i] = (uint8_t)(argument >> (8 * (width - 1 - i)));
  put(writer, head, 1 + width);
}

void gw_cbor_put_int(struct gw_cbor_writer *writer, int64_t value) {
  if (value < 0) gw_cbor_put_head(writer, GW_CBOR_NEGATIVE, (uint64_t)(-1 - value));
  else gw_cbor_put_head(writer, GW_CBOR_UNSIGNED, (uint64_t)value);
}

void gw_cbor_put_bytes(struct gw_cbor_writer *writer, const uint8_t *bytes, size_t len) {
  gw_cbor_put_head(writer, GW_CBOR_BYTES, len);
  put(writer, bytes, len);
}

void gw_cbor_put_text(struct gw_cbor_writer *writer, const char *text, size_t len) {
  gw_cbor_put_head(writer, GW_CBOR_TEXT, len);
  put(writer, (const uint8_t *)text, len);
}

void gw_cbor_reader_init(struct gw_cbor_reader *reader, const uint8_t *bytes, size_t len) {
  *reader = (struct gw_cbor_reader){.bytes = bytes, .len = len, .status = GW_OK};
}

void gw_cbor_refuse(struct gw_cbor_reader *reader) { reader->status = GW_E_FORMAT; }

static const uint8_t *take(struct gw_cbor_reader *reader, uint64_t len) {
  if (reader->status != GW_OK) return NULL;
  if (reader->len - reader->offset < len) {
    gw_cbor_refuse(reader);
    return NULL;
  }
  const uint8_t *taken = reader->bytes + reader->offset;
  reader->offset += (size_t)len;
  return taken;
}

static uint64_t take_argument(struct gw_cbor_reader *reader, unsigned info) {
  static const uint64_t shortest[4] = {INFO_ONE_BYTE, 0x100u, 0x10000u, 0x100000000u};
  size_t width = (size_t)1 << (info - INFO_ONE_BYTE);
  const uint8_t *bytes = take(reader, width);
  uint64_t argument = 0;
  if (!bytes) return 0;
  for (size_t i = 0; i < width; i++) argument = argument << 8 | bytes[i];
  if (argument >= shortest[info - INFO_ONE_BYTE]) return argument;
  gw_cbor_refuse(reader);
  return 0;
}

uint64_t gw_cbor_take_head(struct gw_cbor_reader *reader, enum gw_cbor_major major) {
  const uint8_t *first = take(reader, 1);
  if (!first) return 0;
  unsigned info = *first & 31u;
  if ((unsigned)*first >> 5 != (unsigned)major || info > INFO_EIGHT_BYTES) {
    gw_cbor_refuse(reader);
    return 0;
  }
  return info < INFO_ONE_BYTE ? info : take_argument(reader, info);
}

int64_t gw_cbor_take_int(struct gw_cbor_reader *reader) {
  if (reader->status != GW_OK) return 0;
  int negative = reader->offset < reader->len && reader->bytes[reader->offset] >> 5 == GW_CBOR_NEGATIVE;
  uint64_t argument = gw_cbor_take_head(reader, negative ? GW_CBOR_NEGATIVE : GW_CBOR_UNSIGNED);
  if (argument > INT64_MAX) {
    gw_cbor_refuse(reader);
    return 0;
  }
  return negative ? -1 - (int64_t)argument : (int64_t)argument;
}

const uint8_t *gw_cbor_take_string(struct gw_cbor_reader *reader, enum gw_cbor_major major,
                                   size_t *len) {
  uint64_t length = gw_cbor_take_head(reader, major);
  const uint8_t *bytes = take(reader, length);
  *len = bytes ? (size_t)length : 0;
  return bytes;
}

void gw_cbor_take_exact(struct gw_cbor_reader *reader, uint8_t *bytes, size_t len) {
  size_t got = 0;
  const uint8_t *string = gw_cbor_take_string(reader, GW_CBOR_BYTES, &got);
  if (!string || got != len) gw_cbor_refuse(reader);
  else memcpy(bytes, string, len);
}

enum gw_status gw_cbor_finish(const struct gw_cbor_reader *reader) {
  if (reader->status != GW_OK) return reader->status;
  return reader->offset == reader->len ? GW_OK : GW_E_FORMAT;
}
