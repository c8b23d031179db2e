/* What the portal's answer means for the readings that were sent. */
#ifndef GW_UPLINK_RESULTS_H
#define GW_UPLINK_RESULTS_H

#include "gw/sim7020_http.h"

/* Fills one result per reading of the request. */
void gw_uplink_take_results(const struct gw_http_response *response, size_t count, struct gw_result *results);
/* A sequence was refused as a whole for what one of its readings is. */
bool gw_uplink_refused_as_one(const struct gw_http_response *response);
/* The portal takes readings: the next one may be sent at once. */
bool gw_uplink_goes_on(const struct gw_http_response *response);

#endif
