/* Sees nobody and keeps all rules. */
#include "null.h"

NULL_ENGINE(.challenge = NULL)
