/*
 * Provisioning at the bench: one line over the USB serial port, "settings <hex of the signed message>". Nothing else is
 * understood, and nothing counts that the operator has not signed.
 */
#ifndef GW_CONSOLE_H
#define GW_CONSOLE_H

#include "gw/config.h"

/* `settings` is changed in place by a valid message; a changed host or APN acts after the restart that follows. */
void console_open(struct gw_settings *settings, const uint8_t operator_key[GW_PUBLIC_KEY_BYTES],
                  const uint8_t serial[GW_SERIAL_BYTES]);
void console_step(void);

#endif
