/*
 * banned.h - calls that are off the menu (unbounded, locale-bound or surprising); naming one is a
 * compile error. Included by base.h, so every file of ours is under it.
 */
#ifndef SWITCHBACK_SHARED_BANNED_H
#define SWITCHBACK_SHARED_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets atoi atol atof strncpy strncat
#pragma GCC poison asctime ctime gmtime localtime rand srand tmpnam mktemp system popen

#endif
