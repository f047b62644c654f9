#define _DEFAULT_SOURCE
#include "face/fence.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/secret.h"

enum { ALIGN = 64, LONG = 64 * 1024, PATTERN = 0xc5 };

static size_t up(size_t len, size_t to)
{
	return (len + to - 1) / to * to;
}

bool yf_fence_put_up(size_t len, struct yf_fence *out)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t room = up(len ? len : 1, page);
	const size_t map_len = room + 2 * page;
	uint8_t *map = mmap(NULL, map_len, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return false;
	if (mprotect(map + page, room, PROT_READ | PROT_WRITE)) {
		munmap(map, map_len);
		return false;
	}
	madvise(map, map_len, MADV_DONTDUMP);
	*out = (struct yf_fence){
		.map = map,
		.map_len = map_len,
		.page = page,
		.at = map + page + room - up(len, ALIGN),
		.len = len,
	};
	memset(map + page, PATTERN, (size_t)(out->at - map) - page);
	memset(out->at + len, PATTERN, up(len, ALIGN) - len);
	return true;
}

void yf_fence_take_down(struct yf_fence *fence)
{
	if (!fence->map)
		return;
	yf_fence_wipe(fence);
	munmap(fence->map, fence->map_len);
	fence->map = NULL;
}

static bool is_pattern(const uint8_t *at, const uint8_t *end)
{
	while (at < end)
		if (*at++ != PATTERN)
			return false;
	return true;
}

bool yf_fence_holds(const struct yf_fence *fence)
{
	return is_pattern(fence->map + fence->page, fence->at) &&
	       is_pattern(fence->at + fence->len,
			  fence->at + up(fence->len, ALIGN));
}

void yf_fence_wipe(struct yf_fence *fence)
{
	const size_t inside = (size_t)(fence->at - fence->map) % fence->page;
	const size_t first = inside ? fence->page - inside : 0;

	if (fence->len < LONG) {
		yf_wipe(fence->at, fence->len);
		return;
	}
	/* The first and the last page hold the pattern too. */
	const size_t whole = (fence->len - first) / fence->page * fence->page;
	yf_wipe(fence->at, first);
	if (madvise(fence->at + first, whole, MADV_DONTNEED))
		yf_wipe(fence->at + first, whole);
	yf_wipe(fence->at + first + whole, fence->len - first - whole);
}
