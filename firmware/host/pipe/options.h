/* Configuration of a host device from its command line: name=value, e.g. origin=https://portal.example. */
#ifndef GW_HOST_OPTIONS_H
#define GW_HOST_OPTIONS_H

#include "gw/uplink_modem.h"

/* The value of an option, or `fallback`. */
const char *host_option(int argc, char **argv, const char *name, const char *fallback);
/* Fills the uplink's part: apn, apn-user, apn-password, origin, ca (a PEM), broker, broker-port, topic, user, password. */
void host_options_read(int argc, char **argv, struct gw_modem_uplink_config *config);

#endif
