/*
 * yaml.h - a YAML file as JSON, for the tests: docs/openapi.yaml is for people, jansson for
 * programs.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_YAML_H
#define SWITCHBACK_TESTS_SUPPORT_YAML_H

#include <jansson.h>

#include "shared/err.h"

/* The one document of the file (YAML's JSON schema: null, true, false and numbers mean what they
 * say; no anchors, no tags, no key twice). NULL and a sentence with the line when it cannot be
 * read. */
json_t *yaml_load(const char *path, struct err *err);

#endif
