/* Result of a call that may fail. GW_OK is zero, so `if (status)` reads as "if it failed". */
#ifndef GW_STATUS_H
#define GW_STATUS_H

enum gw_status {
  GW_OK = 0,
  GW_E_ARGUMENT,  /* the caller broke the contract of the function */
  GW_E_IO,        /* the outside (flash, bus, element) answered with an error */
  GW_E_NONE,      /* nothing there: no such key, no record, no sample yet */
  GW_E_BUSY,      /* one operation at a time: ask again later */
  GW_E_SPACE,     /* does not fit into the buffer or the partition */
  GW_E_FORMAT,    /* bytes are not of the documented shape */
  GW_E_RANGE,     /* well formed, but outside its limits */
  GW_E_SIGNATURE, /* signature does not verify */
  GW_E_VERSION,   /* not newer than what is installed */
  GW_E_EXHAUSTED  /* a counter has reached its end */
};

#endif
