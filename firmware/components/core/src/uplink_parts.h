/* Of uplink.c: whom the modem's lines go to, what an answer means, what a configuration may be. */
#ifndef GW_UPLINK_PARTS_H
#define GW_UPLINK_PARTS_H

#include "gw/uplink_modem.h"

/* At least one route, and no name longer than the module takes. */
bool gw_uplink_config_is_usable(const struct gw_modem_uplink_config *config);
/* Makes both routes hear what the module says. */
void gw_uplink_listen(struct gw_modem_uplink *uplink);

/* Fills one result per reading of the request. */
void gw_uplink_take_results(const struct gw_http_response *response, size_t count, struct gw_result *results);
/* A sequence was refused as a whole for what one of its readings is. */
bool gw_uplink_refused_as_one(const struct gw_http_response *response);
/* The portal takes readings: the next one may be sent at once. */
bool gw_uplink_goes_on(const struct gw_http_response *response);

#endif
