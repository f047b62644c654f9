#pragma once

#include "base/str.h"

/*
 * `yufu face model install|list|use|remove`; argv[0] is "model".  Exit codes:
 * 0 done, 1 not agreed to, 2 failed.
 */
int yf_cli_face_model(int argc, char **argv);

/*
 * Where models are: `wanted` (--models), else $XDG_DATA_HOME/yufu/models or
 * ~/.local/share/yufu/models.  Empty when there is no home.  MEMORY
 */
YF_CHECKED yf_err yf_face_cli_models(struct yf_arena *arena, const char *wanted,
				     yf_str *out);
