/* glibc's allocator keeps what was freed: each thread a heap of its own, and of each twice the largest mapped block that was ever
   given back (64 MB at most). A resting program would hold what its busiest minute needed (docs/decisions/0140). Said in C and before
   main, because mallopt(3) wants to be called before there are threads, and Rust can call it only as unsafe. */
#include <malloc.h>

/* Free memory at the heap's end goes back to the system from here on: glibc's own figure, which setting it keeps from growing. */
#define TRIM_FROM (128 * 1024)

__attribute__((constructor)) static void give_back_what_is_free(void) {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, TRIM_FROM);
}
