/* Of an interface that there is not. */
#include "null.h"

NULL_ENGINE(.abi = 2)
