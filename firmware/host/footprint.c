/* Every object the chip keeps, so that the linker's map tells the static memory of the core; never run. */
#include "gw/agent.h"
#include "gw/meter_pzem.h"
#include "gw/meter_shelly.h"
#include "gw/ota.h"
#include "gw/uplink_modem.h"

extern struct gw_footprint {
  struct gw_agent agent;
  struct gw_clock clock;
  struct gw_settings settings;
  struct gw_modem_uplink uplink;
  struct gw_ota ota;
  union {
    struct gw_pzem pzem;
    struct gw_shelly shelly;
  } meter;
} gw_footprint;

struct gw_footprint gw_footprint;
