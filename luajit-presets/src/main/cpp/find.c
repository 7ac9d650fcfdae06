/*
** string.find for plain text. LuaJIT's own takes up to the product of both lengths, and nothing can stop it; the C
** library's takes their sum. The linker sends LuaJIT's calls here (--wrap).
*/
#define _GNU_SOURCE
#include <string.h>

#include "lj_obj.h"

const char* __wrap_lj_str_find(const char* text, const char* part, MSize length, MSize part_length);

const char* __wrap_lj_str_find(const char* text, const char* part, MSize length, MSize part_length) {
  return (const char*)memmem(text, length, part, part_length);
}
