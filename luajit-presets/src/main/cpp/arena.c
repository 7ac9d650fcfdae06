/*
** Memory for machine code. LuaJIT needs it within 1 GB of its own code and looks for it by random probing;
** in a JVM with a large heap nothing may be free there, and then a state silently stays interpreted. So the
** library reserves an address range inside itself and serves lj_mcode.c from it (cppbuild.sh redirects that
** file's mmap and munmap). Untouched pages cost nothing.
*/
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define GRANULE ((size_t)64 * 1024)
#define ARENA_SIZE ((size_t)512 * 1024 * 1024)
#define GRANULES (ARENA_SIZE / GRANULE)

static char arena[ARENA_SIZE] __attribute__((aligned(65536)));
static uint8_t taken[GRANULES];
static size_t next_free;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void* bridge_arena_map(void* hint, size_t size, int protection, int flags, int fd, off_t offset);
int bridge_arena_unmap(void* address, size_t size);
int32_t bridge_arena_kilobytes(void);

static void* remap(char* address, size_t size, int protection) {
  return mmap(address, size, protection, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

__attribute__((constructor)) static void reserve(void) { remap(arena, ARENA_SIZE, PROT_NONE); }

static char* take(size_t granules) {
  char* found = NULL;
  pthread_mutex_lock(&mutex);
  for (size_t tried = 0, at = next_free; tried < GRANULES && !found; tried++, at++) {
    if (at + granules > GRANULES) at = 0;
    size_t run = 0;
    while (run < granules && !taken[at + run]) run++;
    if (run == granules) {
      memset(taken + at, 1, granules);
      next_free = at + granules;
      found = arena + at * GRANULE;
    }
  }
  pthread_mutex_unlock(&mutex);
  return found;
}

static void give_back(char* address, size_t granules) {
  pthread_mutex_lock(&mutex);
  memset(taken + (size_t)(address - arena) / GRANULE, 0, granules);
  pthread_mutex_unlock(&mutex);
}

void* bridge_arena_map(void* hint, size_t size, int protection, int flags, int fd, off_t offset) {
  size_t granules = (size + GRANULE - 1) / GRANULE;
  char* address = granules <= GRANULES ? take(granules) : NULL;
  if (address) {
    void* mapped = remap(address, size, protection);
    if (mapped != MAP_FAILED) return mapped;
    give_back(address, granules);
  }
  return mmap(hint, size, protection, flags, fd, offset);
}

int32_t bridge_arena_kilobytes(void) {
  size_t used = 0;
  pthread_mutex_lock(&mutex);
  for (size_t i = 0; i < GRANULES; i++) used += taken[i];
  pthread_mutex_unlock(&mutex);
  return (int32_t)(used * (GRANULE / 1024));
}

int bridge_arena_unmap(void* address, size_t size) {
  char* start = address;
  if (start < arena || start >= arena + ARENA_SIZE) return munmap(address, size);
  remap(start, size, PROT_NONE);
  give_back(start, (size + GRANULE - 1) / GRANULE);
  return 0;
}
