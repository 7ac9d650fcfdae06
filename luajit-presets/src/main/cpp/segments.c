/*
** Memory for objects of Lua. LuaJIT's allocator takes it from the system in segments; a state that is closed gives them
** all back. In a JVM, with its many threads, that is dear: every processor must forget the pages, and the next state meets
** each page as a fault. So some segments are kept for it (cppbuild.sh redirects mmap and munmap of lj_alloc.c).
*/
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>

#define SEGMENT ((size_t)128 * 1024) /* what lj_alloc.c asks for, unless something does not fit */
#define SPARE 16

static void* spare[SPARE];
static int spare_count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void* bridge_segment_map(void* hint, size_t size, int protection, int flags, int fd, off_t offset);
int bridge_segment_unmap(void* address, size_t size);

void* bridge_segment_map(void* hint, size_t size, int protection, int flags, int fd, off_t offset) {
  if (size == SEGMENT) {
    pthread_mutex_lock(&mutex);
    void* kept = spare_count ? spare[--spare_count] : NULL;
    pthread_mutex_unlock(&mutex);
    if (kept) return kept;
  }
  return mmap(hint, size, protection, flags, fd, offset);
}

int bridge_segment_unmap(void* address, size_t size) {
  if (size == SEGMENT) {
    pthread_mutex_lock(&mutex);
    int keep = spare_count < SPARE;
    if (keep) spare[spare_count++] = address;
    pthread_mutex_unlock(&mutex);
    if (keep) return 0;
  }
  return munmap(address, size);
}

/* The library can be unloaded, with the class loader that loaded it. */
__attribute__((destructor)) static void unmap_spare(void) {
  while (spare_count) munmap(spare[--spare_count], SEGMENT);
}
