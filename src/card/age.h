#pragma once

#include "base/civil.h"

/*
 * Is somebody who was born on `birth` certainly `years` old or older today?
 *
 * Where month or day are not known, the latest date that they allow counts:
 * what is not certain is answered no.  Somebody born on 29 February is a year
 * older on 1 March of a common year.  Pure.
 */
bool yf_age_at_least(struct yf_civil birth, int years, struct yf_civil today);
