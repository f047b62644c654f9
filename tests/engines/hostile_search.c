/* Searches a face among many. */
#include "null.h"

__attribute__((visibility("default"))) int vendor_search_gallery(void);
__attribute__((visibility("default"))) int vendor_search_gallery(void)
{
	return 0;
}

NULL_ENGINE(.challenge = NULL)
