#ifndef HUILIU_CLI_PLACES_H
#define HUILIU_CLI_PLACES_H
/*
 * Where the program's own files are: beside the executable in a build tree, under the prefix when
 * installed. The answer goes into `out` (PATH_MAX is enough).
 */
#include <stddef.h>

void places_catalogues(char *out, size_t size); /* holds zh_CN/LC_MESSAGES/huiliu.mo */
void places_keymaps(char *out, size_t size);    /* holds default.keys */

#endif
