#include "gw/meter.h"

#define VOLTAGE_MAX_MV 1000000
#define CURRENT_MAX_MA 2000000 /* 2,000 A at a transformer */
#define POWER_MAX_W 2000000
#define FREQUENCY_MIN_MHZ 40000
#define FREQUENCY_MAX_MHZ 70000
#define ENERGY_MAX_WH 9007199254740991

static void limit(struct gw_measurement *sample, uint32_t bit, int64_t value, int64_t least, int64_t most) {
  if (value < least || value > most) sample->has &= ~bit;
}

void gw_meter_limit(struct gw_measurement *s) {
  limit(s, GW_HAS_VOLTAGE, s->voltage_mv, 0, VOLTAGE_MAX_MV);
  limit(s, GW_HAS_CURRENT, s->current_ma, 0, CURRENT_MAX_MA);
  limit(s, GW_HAS_POWER, s->power_w, -POWER_MAX_W, POWER_MAX_W);
  limit(s, GW_HAS_FREQUENCY, s->frequency_mhz, FREQUENCY_MIN_MHZ, FREQUENCY_MAX_MHZ);
  limit(s, GW_HAS_ENERGY_IMPORT, s->energy_import_wh, 0, ENERGY_MAX_WH);
  limit(s, GW_HAS_ENERGY_EXPORT, s->energy_export_wh, 0, ENERGY_MAX_WH);
}
