/*
 * PZEM-004T v3 over its TTL port: Modbus RTU, 9600 8N1, function 04, ten registers from 0. It is fed by the mains it
 * measures, so it falls silent when they fail.
 */
#ifndef GW_METER_PZEM_H
#define GW_METER_PZEM_H

#include "gw/meter.h"

#define GW_PZEM_FRAME_BYTES 25u

struct gw_pzem {
  const struct gw_stream *uart;
  uint8_t frame[GW_PZEM_FRAME_BYTES];
  size_t got;
  int64_t ask_at_ms;
  bool has_sample;
  struct gw_measurement sample;
  int64_t sampled_at_ms;
};

/* `pzem` is the `ctx` of the meter that `meter` becomes. */
void gw_pzem_init(struct gw_pzem *pzem, const struct gw_stream *uart, struct gw_meter *meter);

#endif
