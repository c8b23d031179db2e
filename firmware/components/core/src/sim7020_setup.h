/* Between sim7020.c (phases, recovery) and sim7020_setup.c (the script from the first answer to an address). */
#ifndef GW_SIM7020_SETUP_H
#define GW_SIM7020_SETUP_H

#include "gw/sim7020.h"

enum gw_setup { GW_SETUP_GOES_ON, GW_SETUP_DONE, GW_SETUP_RESTART, GW_SETUP_FAILED };

/* Starts the script at its beginning, or where registration is checked. */
void gw_sim7020_setup_begin(struct gw_sim7020 *modem, bool from_registration);
enum gw_setup gw_sim7020_setup_poll(struct gw_sim7020 *modem);
bool gw_sim7020_registered(const struct gw_sim7020 *modem);
/* Takes a line of the module, asked for or not. */
void gw_sim7020_setup_line(struct gw_sim7020 *modem, const char *line);

#endif
