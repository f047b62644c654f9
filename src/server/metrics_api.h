#pragma once

#include "http/listen.h"

/*
 * /healthz, /readyz and /metrics, on the operator's listener only.
 *
 * The metrics are Prometheus text.  They count; they name nobody.
 */
struct yf_routes yf_metrics_routes(void);
