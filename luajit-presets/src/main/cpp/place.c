/*
** Where the library lies in a JVM. Processors know branches by the lower bits of their addresses, some 24 of them. The
** loader puts a library as large as this one (see arena.c) right below a multiple of 64 MB where glibc has memory for
** a thread, and HotSpot's code cache has its place relative to such a multiple, too: the code of the bridge came to lie
** just where the JVM's C2 compiler puts its first methods. In one JVM of four a pair of branches that are used in every
** call met there, and took each other's prediction: calls were up to twice as slow as in the others, from the first to
** the last. This moves the library down to where that segment of the code cache does not come before it is 13 MB large.
*/
static char distance[3 * 1024 * 1024] __attribute__((used));
