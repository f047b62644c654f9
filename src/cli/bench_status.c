#include <time.h>

#include "cli/bench_credential.h"
#include "cli/bench_measure.h"
#include "credential/status_list.h"

/*
 * A list of 2^20 entries of 2 bits, one in a hundred revoked at random: what
 * it costs to encode it and to look an entry up.  The limits are those of
 * doc/operations.md, in processor time.
 */
enum {
	ENTRIES = 1 << 20,
	MARKED = ENTRIES / 100,
	LOOKS = 1 << 22,
	LIST_ARENA = 8 * 1024 * 1024,
	ENCODE_MS_MAX = 30,
	LOOK_NS_MAX = 100,
};

static double cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The same sequence in each run: figures are to be compared. */
static uint32_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

static yf_err make_list(struct yf_arena *arena, struct yf_status_list *out)
{
	uint64_t state = 1;

	YF_TRY(yf_status_list_new(arena, 2, ENTRIES, out));
	for (size_t i = 0; i < MARKED; i++)
		YF_TRY(yf_status_list_set(out, next(&state) % ENTRIES,
					  YF_STATUS_INVALID));
	return YF_OK;
}

static yf_err encode(const struct yf_status_list *list, double *seconds)
{
	YF_AUTO(arena) arena = yf_arena_new(LIST_ARENA);
	yf_str lst;

	if (!arena)
		return YF_FAIL(MEMORY);
	const double start = cpu_s();
	YF_TRY(yf_status_list_encode(arena, list, &lst));
	*seconds = cpu_s() - start;
	return YF_OK;
}

/* `sum` depends on every look, so that none is left out. */
static yf_err look(const struct yf_status_list *list, double *seconds,
		   unsigned *sum)
{
	uint64_t state = 2;
	uint8_t status;

	const double start = cpu_s();
	for (size_t i = 0; i < LOOKS; i++) {
		YF_TRY(yf_status_list_get(list, next(&state) % ENTRIES,
					  &status));
		*sum += status;
	}
	*seconds = (cpu_s() - start) / LOOKS;
	return YF_OK;
}

static void put_row(struct yf_json_out *rows, const char *what,
		    const char *unit, double value, double limit)
{
	yf_json_out_object(rows, NULL);
	yf_json_out_text(rows, "what", what);
	yf_json_out_real(rows, unit, value);
	yf_json_out_text(rows, "limit", "target");
	yf_json_out_real(rows, "limit_value", limit);
	yf_json_out_real(rows, "ratio", limit / value);
	yf_json_out_real(rows, "target", 1);
	yf_json_out_close(rows);
}

yf_err yf_bench_status(unsigned rounds, struct yf_json_out *rows)
{
	YF_AUTO(arena) arena = yf_arena_new(LIST_ARENA);
	double encoded = 1e9, looked = 1e9;
	struct yf_status_list list;
	unsigned sum = 0;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(make_list(arena, &list));
	/* The best of the rounds: others on the machine only add. */
	for (unsigned i = 0; i < rounds; i++) {
		double seconds = 0;

		YF_TRY(encode(&list, &seconds));
		encoded = seconds < encoded ? seconds : encoded;
		YF_TRY(look(&list, &seconds, &sum));
		looked = seconds < looked ? seconds : looked;
	}
	if (!sum)
		return YF_FAIL(BUG);
	put_row(rows, "status_encode_2_20", "ms", encoded * 1e3, ENCODE_MS_MAX);
	put_row(rows, "status_look_up", "ns", looked * 1e9, LOOK_NS_MAX);
	return YF_OK;
}
