/* Every object the chip keeps, so that the linker's map tells the static memory of the core; never run. */
#include "gw/device.h"
#include "gw/lan_http.h"

extern struct gw_footprint {
  struct gw_device device;
  struct gw_lan_http lan_http;
} gw_footprint;

struct gw_footprint gw_footprint;
