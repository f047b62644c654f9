#pragma once

/* Of this program; what it writes for others to keep says it. */
#define YF_VERSION "0.1.0"
