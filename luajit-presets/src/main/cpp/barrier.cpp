/*
** A memory barrier on all threads of the process at once, by Linux's membarrier. It costs the thread that asks a
** few microseconds and the others nothing, so that what they do a million times a second needs none of its own.
*/
#include "bridge.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

static long membarrier(int command) { return syscall(__NR_membarrier, command, 0, 0); }

int32_t bridge_prepare_barrier() { return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0; }

void bridge_barrier() {
  /* Once prepared, only a system call filter that came later can refuse it; no processor keeps a store that long. */
  if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) usleep(10000);
}
