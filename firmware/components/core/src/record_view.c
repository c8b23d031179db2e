#include "gw/record.h"

#include "cose.h"

#include <string.h>

#define LAST_REASON GW_REASON_BOOT
#define KEYS_READ 5 /* v, seq, timestamp, power_status, reason: always the first five, in this order */

static void take_protected(struct gw_cbor_reader *outer, uint8_t serial[GW_SERIAL_BYTES]) {
  struct gw_cbor_reader header;
  size_t len = 0;
  const uint8_t *bytes = gw_cbor_take_string(outer, GW_CBOR_BYTES, &len);
  gw_cbor_reader_init(&header, bytes, len);
  if (gw_cbor_take_head(&header, GW_CBOR_MAP) != 2 || gw_cbor_take_int(&header) != 1 ||
      gw_cbor_take_int(&header) != -7 || gw_cbor_take_int(&header) != 4)
    gw_cbor_refuse(&header);
  gw_cbor_take_exact(&header, serial, GW_SERIAL_BYTES);
  if (gw_cbor_finish(&header) != GW_OK) gw_cbor_refuse(outer);
}

static enum gw_status read_payload(struct gw_record_view *view) {
  struct gw_cbor_reader reader;
  int64_t values[KEYS_READ];
  gw_cbor_reader_init(&reader, view->payload, view->payload_len);
  if (gw_cbor_take_head(&reader, GW_CBOR_MAP) < KEYS_READ) return GW_E_FORMAT;
  for (int key = 1; key <= KEYS_READ; key++) {
    if (gw_cbor_take_int(&reader) != key) return GW_E_FORMAT;
    values[key - 1] = gw_cbor_take_int(&reader);
  }
  if (reader.status != GW_OK || values[0] != 1 || values[1] < 1 || values[2] < 0) return GW_E_FORMAT;
  if (values[3] < 0 || values[3] > 1 || values[4] < 0 || values[4] > LAST_REASON) return GW_E_FORMAT;
  view->seq = (uint64_t)values[1];
  view->timestamp_s = values[2];
  view->power = (enum gw_power)values[3];
  view->reason = (enum gw_reason)values[4];
  return GW_OK;
}

enum gw_status gw_record_view(const uint8_t *bytes, size_t len, struct gw_record_view *view) {
  struct gw_cbor_reader reader;
  uint8_t signature[GW_SIGNATURE_BYTES];
  gw_cbor_reader_init(&reader, bytes, len);
  if (gw_cbor_take_head(&reader, GW_CBOR_TAG) != GW_COSE_TAG ||
      gw_cbor_take_head(&reader, GW_CBOR_ARRAY) != 4)
    return GW_E_FORMAT;
  take_protected(&reader, view->serial);
  if (gw_cbor_take_head(&reader, GW_CBOR_MAP) != 0) return GW_E_FORMAT;
  view->payload = gw_cbor_take_string(&reader, GW_CBOR_BYTES, &view->payload_len);
  gw_cbor_take_exact(&reader, signature, sizeof signature);
  if (gw_cbor_finish(&reader) != GW_OK) return GW_E_FORMAT;
  return read_payload(view);
}
