/* What the programs among pipes have in common: frames of the harness, and the steps between them. */
#ifndef GW_HOST_PROGRAM_H
#define GW_HOST_PROGRAM_H

#include "frames.h"

struct host_program {
  /* Power is on; ends the process where that fails. */
  void (*begin)(int argc, char **argv);
  /* One step; gives the moment before which it wants the next. */
  int64_t (*step)(int64_t now_ms);
  /* Takes a frame of this program's own; false for one it does not know. */
  bool (*take)(enum frame_kind kind, const uint8_t *bytes, size_t len, int64_t now_ms);
};

/* Serves the harness until it is gone; the exit code of main. */
int host_serve(const struct host_program *program, int argc, char **argv);

#endif
