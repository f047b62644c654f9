#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"

/* A call that must succeed, and one that must fail with one code. */
#define OK(call) assert_string_equal(yf_err_name(call), "OK")
#define FAILS(call, name) assert_string_equal(yf_err_name(call), #name)
