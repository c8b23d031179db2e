/*
 * The little of CBOR (RFC 8949) that the project uses: integers, byte and text strings, heads of arrays, maps and tags,
 * in the deterministic encoding of section 4.2.1. Both sides keep the first error and do nothing afterwards, so a
 * caller writes or reads its items in a row and looks at the status once.
 */
#ifndef GW_CBOR_H
#define GW_CBOR_H

#include "gw/status.h"

#include <stddef.h>
#include <stdint.h>

enum gw_cbor_major {
  GW_CBOR_UNSIGNED = 0,
  GW_CBOR_NEGATIVE = 1,
  GW_CBOR_BYTES = 2,
  GW_CBOR_TEXT = 3,
  GW_CBOR_ARRAY = 4,
  GW_CBOR_MAP = 5,
  GW_CBOR_TAG = 6
};

struct gw_cbor_writer {
  uint8_t *bytes;
  size_t max;
  size_t len;
  enum gw_status status; /* GW_OK or GW_E_SPACE */
};

void gw_cbor_writer_init(struct gw_cbor_writer *writer, uint8_t *bytes, size_t max);
/* Head of an item: its argument is a value, a length, a number of items or a tag. */
void gw_cbor_put_head(struct gw_cbor_writer *writer, enum gw_cbor_major major, uint64_t argument);
void gw_cbor_put_int(struct gw_cbor_writer *writer, int64_t value);
void gw_cbor_put_bytes(struct gw_cbor_writer *writer, const uint8_t *bytes, size_t len);
void gw_cbor_put_text(struct gw_cbor_writer *writer, const char *text, size_t len);

struct gw_cbor_reader {
  const uint8_t *bytes;
  size_t len;
  size_t offset;
  enum gw_status status; /* GW_OK or GW_E_FORMAT */
};

void gw_cbor_reader_init(struct gw_cbor_reader *reader, const uint8_t *bytes, size_t len);
/* Argument of the next head, which must be of this kind and in its shortest form. 0 after an error. */
uint64_t gw_cbor_take_head(struct gw_cbor_reader *reader, enum gw_cbor_major major);
int64_t gw_cbor_take_int(struct gw_cbor_reader *reader);
/* A string of this kind; a view into the reader's bytes. NULL after an error. */
const uint8_t *gw_cbor_take_string(struct gw_cbor_reader *reader, enum gw_cbor_major major,
                                   size_t *len);
/* A byte string of exactly this length, copied. */
void gw_cbor_take_exact(struct gw_cbor_reader *reader, uint8_t *bytes, size_t len);
/* Marks the reader failed; later takes give nothing. */
void gw_cbor_refuse(struct gw_cbor_reader *reader);
/* GW_OK when every take succeeded and nothing is left over. */
enum gw_status gw_cbor_finish(const struct gw_cbor_reader *reader);

#endif
