/* A meter beside the mains sensor. Its silence is not a measurement: members it does not know are absent. */
#ifndef GW_METER_H
#define GW_METER_H

#include "gw/record.h"

#define GW_METER_STALE_MS 30000 /* an older sample is not part of a reading */

struct gw_meter {
  void *ctx;
  void (*step)(void *ctx, int64_t now_ms);
  /* The latest whole sample and when it was taken. False before the first one. */
  bool (*latest)(void *ctx, struct gw_measurement *sample, int64_t *sampled_at_ms);
};

/* Drops quantities that no mains supply has (voltage over 1 kV, frequency outside 40-70 Hz, negative registers). */
void gw_meter_limit(struct gw_measurement *sample);

#endif
