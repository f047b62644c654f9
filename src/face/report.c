#include "face/report.h"

#include <math.h>

#include "codec/hex.h"
#include "codec/json.h"

#define KIND "yufu-face-report"

static const char *const claim_names[] = {
	[YF_CLAIM_CANNOT_TELL] = "cannot_tell",
	[YF_CLAIM_HOLDS] = "holds",
	[YF_CLAIM_FAILS] = "fails",
};

const char *yf_claim_name(yf_claim claim)
{
	return claim_names[claim];
}

const struct yf_report_limit *
yf_face_report_limit(const struct yf_face_report *report, double target)
{
	for (size_t i = 0; i < report->limit_count; i++)
		if (fabs(report->limits[i].target / target - 1) < 1e-6)
			return &report->limits[i];
	return NULL;
}

/* --- writing --- */

static void put_count(struct yf_json_out *out, const char *name, uint64_t count)
{
	yf_json_out_int(out, name, (int64_t)count);
}

static void put_rate(struct yf_json_out *out, const char *name,
		     const struct yf_rate *rate)
{
	yf_json_out_object(out, name);
	put_count(out, "errors", rate->errors);
	put_count(out, "trials", rate->trials);
	yf_json_out_real(out, "at_most", rate->at_most);
	if (rate->known)
		yf_json_out_real(out, "value", rate->value);
	if (rate->has_interval) {
		yf_json_out_real(out, "low", rate->low);
		yf_json_out_real(out, "high", rate->high);
	}
	yf_json_out_close(out);
}

static void put_engine(struct yf_json_out *out,
		       const struct yf_face_report *report)
{
	char hash[2 * YF_REPORT_HASH_LEN];
	const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(hash); i++)
		hash[i] = digits[report->model_hash[i / 2] >> (i % 2 ? 0 : 4) &
				 15];
	yf_json_out_object(out, "engine");
	yf_json_out_str(out, "id", report->engine);
	yf_json_out_str(out, "version", report->version);
	yf_json_out_str(out, "model_sha256", (yf_str){ hash, sizeof(hash) });
	yf_json_out_close(out);
}

static void put_counts(struct yf_json_out *out,
		       const struct yf_face_report *report)
{
	yf_json_out_object(out, "counts");
	yf_json_out_int(out, "people", report->people);
	yf_json_out_int(out, "pictures", report->pictures);
	put_count(out, "genuine", report->genuine);
	put_count(out, "impostors", report->impostors);
	put_count(out, "genuine_failed", report->genuine_failed);
	yf_json_out_bool(out, "cross", report->cross);
	yf_json_out_close(out);
	put_rate(out, "failure_to_extract", &report->failure_to_extract);
	yf_json_out_object(out, "reasons");
	for (size_t i = 0; i < report->reason_count; i++) {
		yf_json_out_key(out, report->reasons[i].name);
		put_count(out, NULL, report->reasons[i].pictures);
	}
	yf_json_out_close(out);
}

static void put_groups(struct yf_json_out *out,
		       const struct yf_face_report *report)
{
	yf_json_out_array(out, "groups");
	for (size_t i = 0; i < report->group_count; i++) {
		const struct yf_report_group *group = &report->groups[i];

		yf_json_out_object(out, NULL);
		yf_json_out_str(out, "name", group->name);
		yf_json_out_int(out, "people", group->people);
		yf_json_out_int(out, "pictures", group->pictures);
		put_count(out, "genuine", group->genuine);
		put_count(out, "impostors", group->impostors);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void put_limit(struct yf_json_out *out,
		      const struct yf_report_limit *limit, size_t groups)
{
	yf_json_out_object(out, NULL);
	yf_json_out_real(out, "target", limit->target);
	yf_json_out_real(out, "score", limit->score);
	put_rate(out, "fmr", &limit->fmr);
	put_rate(out, "fnmr", &limit->fnmr);
	yf_json_out_array(out, "groups");
	for (size_t i = 0; i < groups; i++) {
		yf_json_out_object(out, NULL);
		put_rate(out, "fmr", &limit->group_fmr[i]);
		put_rate(out, "fnmr", &limit->group_fnmr[i]);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
	yf_json_out_real(out, "worst_over_best", limit->worst_over_best);
	yf_json_out_real(out, "worst_over_all", limit->worst_over_all);
	yf_json_out_close(out);
}

static void put_claim(struct yf_json_out *out,
		      const struct yf_report_claim *claim)
{
	yf_json_out_object(out, NULL);
	yf_json_out_int(out, "log10_fmr", claim->log10_fmr);
	yf_json_out_bool(out, "reached", claim->reached);
	yf_json_out_real(out, "score", claim->score);
	put_rate(out, "fmr", &claim->fmr);
	put_rate(out, "fnmr", &claim->fnmr);
	yf_json_out_text(out, "verdict", yf_claim_name(claim->verdict));
	yf_json_out_close(out);
}

static void put_times(struct yf_json_out *out,
		      const struct yf_face_report *report)
{
	yf_json_out_object(out, "cost");
	yf_json_out_real(out, "picture_p50_ms", report->picture_p50_ms);
	yf_json_out_real(out, "picture_p99_ms", report->picture_p99_ms);
	yf_json_out_real(out, "picture_cpu_ms", report->picture_cpu_ms);
	yf_json_out_real(out, "match_ns", report->match_ns);
	put_count(out, "worker_peak_bytes", report->worker_peak);
	yf_json_out_int(out, "jobs", report->jobs);
	yf_json_out_close(out);
}

yf_err yf_face_report_encode(const struct yf_face_report *report,
			     struct yf_arena *arena, yf_str *json)
{
	struct yf_json_out out = yf_json_out_new(arena, 16384);

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "kind", KIND);
	yf_json_out_int(&out, "form", YF_REPORT_VERSION);
	yf_json_out_str(&out, "software", report->software);
	yf_json_out_int(&out, "measured", report->measured_s);
	yf_json_out_str(&out, "data", report->data);
	yf_json_out_str(&out, "list", report->list);
	put_engine(&out, report);
	put_counts(&out, report);
	if (report->has_eer)
		yf_json_out_real(&out, "eer", report->eer);
	if (report->has_accuracy) {
		yf_json_out_object(&out, "accuracy");
		yf_json_out_real(&out, "value", report->accuracy);
		yf_json_out_int(&out, "folds", report->folds);
		yf_json_out_real(&out, "error", report->accuracy_error);
		yf_json_out_close(&out);
	}
	put_groups(&out, report);
	yf_json_out_array(&out, "limits");
	for (size_t i = 0; i < report->limit_count; i++)
		put_limit(&out, &report->limits[i], report->group_count);
	yf_json_out_close(&out);
	yf_json_out_array(&out, "claims");
	for (size_t i = 0; i < report->claim_count; i++)
		put_claim(&out, &report->claims[i]);
	yf_json_out_close(&out);
	put_times(&out, report);
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}

/* --- reading --- */

static yf_err take_real(const struct yf_json *object, const char *name,
			double low, double high, double *out)
{
	const struct yf_json *member = yf_json_get(object, name);

	if (!member)
		return YF_FAIL(MISSING);
	if (member->kind != YF_JSON_INT && member->kind != YF_JSON_REAL)
		return YF_FAIL(SYNTAX);
	const double value = member->kind == YF_JSON_INT
				     ? (double)member->integer
				     : member->real;
	if (!(value >= low && value <= high))
		return YF_FAIL(RANGE);
	*out = value;
	return YF_OK;
}

static yf_err take_whole(const struct yf_json *object, const char *name,
			 int64_t low, int64_t high, int64_t *out)
{
	int64_t value = 0;
	const struct yf_json_field fields[] = { YF_JSON_NUM(name, &value),
						YF_JSON_END };

	YF_TRY(yf_json_take_fields(object, fields));
	if (value < low || value > high)
		return YF_FAIL(RANGE);
	*out = value;
	return YF_OK;
}

/* Counts stay where a double holds them exactly. */
static yf_err take_count(const struct yf_json *object, const char *name,
			 uint64_t *out)
{
	int64_t value;

	YF_TRY(take_whole(object, name, 0, (int64_t)1 << 53, &value));
	*out = (uint64_t)value;
	return YF_OK;
}

static yf_err take_small(const struct yf_json *object, const char *name,
			 uint32_t *out)
{
	int64_t value;

	YF_TRY(take_whole(object, name, 0, UINT32_MAX, &value));
	*out = (uint32_t)value;
	return YF_OK;
}

static yf_err take_text(const struct yf_json *object, const char *name,
			size_t len_max, yf_str *out)
{
	yf_str value = { NULL, 0 };
	const struct yf_json_field fields[] = { YF_JSON_STR(name, &value),
						YF_JSON_END };

	YF_TRY(yf_json_take_fields(object, fields));
	if (value.len > len_max)
		return YF_FAIL(TOO_LARGE);
	if (!yf_str_is_printable(value, true))
		return YF_FAIL(SYNTAX);
	*out = value;
	return YF_OK;
}

static yf_err take_list(const struct yf_json *object, const char *name,
			size_t most, const struct yf_json **out)
{
	const struct yf_json *list = yf_json_get(object, name);

	if (!list)
		return YF_FAIL(MISSING);
	if (list->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	if (list->count > most)
		return YF_FAIL(TOO_LARGE);
	*out = list;
	return YF_OK;
}

static yf_err take_rate(const struct yf_json *object, const char *name,
			struct yf_rate *out)
{
	const struct yf_json *rate = yf_json_get(object, name);

	*out = (struct yf_rate){ 0 };
	if (!rate)
		return YF_FAIL(MISSING);
	YF_TRY(take_count(rate, "errors", &out->errors));
	YF_TRY(take_count(rate, "trials", &out->trials));
	YF_TRY(take_real(rate, "at_most", 0, 1, &out->at_most));
	if (out->errors > out->trials)
		return YF_FAIL(RANGE);
	const double share =
		out->trials ? (double)out->errors / (double)out->trials : 0;
	if (out->at_most < share)
		return YF_FAIL(RANGE);
	out->known = yf_json_get(rate, "value");
	if (out->known)
		YF_TRY(take_real(rate, "value", 0, 1, &out->value));
	if (out->known && (!out->trials || fabs(out->value - share) > 1e-9))
		return YF_FAIL(RANGE);
	out->has_interval = yf_json_get(rate, "low");
	if (!out->has_interval)
		return YF_OK;
	YF_TRY(take_real(rate, "low", 0, 1, &out->low));
	return take_real(rate, "high", out->low, 1, &out->high);
}

static yf_err take_hash(struct yf_arena *arena, const struct yf_json *engine,
			uint8_t out[static YF_REPORT_HASH_LEN])
{
	yf_str text;
	yf_bytes hash;

	YF_TRY(take_text(engine, "model_sha256", (size_t)2 * YF_REPORT_HASH_LEN,
			 &text));
	YF_TRY(yf_hex_decode(arena, text, &hash));
	if (hash.len != YF_REPORT_HASH_LEN)
		return YF_FAIL(SYNTAX);
	memcpy(out, hash.ptr, hash.len);
	return YF_OK;
}

static yf_err take_head(struct yf_arena *arena, const struct yf_json *tree,
			struct yf_face_report *out)
{
	const struct yf_json *engine = yf_json_get(tree, "engine");
	int64_t form;

	if (!yf_str_is(yf_json_text(tree, "kind"), KIND))
		return YF_FAIL(SYNTAX);
	YF_TRY(take_whole(tree, "form", 1, INT64_MAX, &form));
	if (form != YF_REPORT_VERSION)
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(take_text(tree, "software", YF_REPORT_NAME_LEN_MAX,
			 &out->software));
	YF_TRY(take_whole(tree, "measured", 0, (int64_t)1 << 40,
			  &out->measured_s));
	YF_TRY(take_text(tree, "data", YF_REPORT_DATA_LEN_MAX, &out->data));
	YF_TRY(take_text(tree, "list", YF_REPORT_DATA_LEN_MAX, &out->list));
	if (!engine)
		return YF_FAIL(MISSING);
	YF_TRY(take_text(engine, "id", YF_REPORT_NAME_LEN_MAX, &out->engine));
	YF_TRY(take_text(engine, "version", YF_REPORT_NAME_LEN_MAX,
			 &out->version));
	return take_hash(arena, engine, out->model_hash);
}

static yf_err take_reasons(struct yf_arena *arena, const struct yf_json *tree,
			   struct yf_face_report *out)
{
	const struct yf_json *list = yf_json_get(tree, "reasons");

	if (!list)
		return YF_FAIL(MISSING);
	if (list->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	if (list->count > YF_REPORT_REASONS_MAX)
		return YF_FAIL(TOO_LARGE);
	struct yf_report_reason *reasons =
		YF_NEW(arena, struct yf_report_reason, list->count + 1);
	if (!reasons)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < list->count; i++) {
		const struct yf_json *item = &list->items[i];

		if (item->kind != YF_JSON_INT)
			return YF_FAIL(SYNTAX);
		if (item->integer < 0 || item->integer > UINT32_MAX)
			return YF_FAIL(RANGE);
		if (item->name.len > YF_REPORT_NAME_LEN_MAX)
			return YF_FAIL(TOO_LARGE);
		if (!yf_str_is_printable(item->name, false))
			return YF_FAIL(SYNTAX);
		reasons[i].name = item->name;
		reasons[i].pictures = (uint64_t)item->integer;
	}
	out->reasons = reasons;
	out->reason_count = list->count;
	return YF_OK;
}

static yf_err take_counts(struct yf_arena *arena, const struct yf_json *tree,
			  struct yf_face_report *out)
{
	const struct yf_json *counts = yf_json_get(tree, "counts");
	const struct yf_json_field cross[] = {
		YF_JSON_FLAG("cross", &out->cross), YF_JSON_END
	};

	if (!counts)
		return YF_FAIL(MISSING);
	YF_TRY(take_small(counts, "people", &out->people));
	YF_TRY(take_small(counts, "pictures", &out->pictures));
	YF_TRY(take_count(counts, "genuine", &out->genuine));
	YF_TRY(take_count(counts, "impostors", &out->impostors));
	YF_TRY(take_count(counts, "genuine_failed", &out->genuine_failed));
	YF_TRY(yf_json_take_fields(counts, cross));
	if (out->genuine_failed > out->genuine || out->people > out->pictures)
		return YF_FAIL(RANGE);
	YF_TRY(take_rate(tree, "failure_to_extract", &out->failure_to_extract));
	return take_reasons(arena, tree, out);
}

static yf_err take_groups(struct yf_arena *arena, const struct yf_json *tree,
			  struct yf_face_report *out)
{
	const struct yf_json *list;

	YF_TRY(take_list(tree, "groups", YF_REPORT_GROUPS_MAX, &list));
	struct yf_report_group *groups =
		YF_NEW(arena, struct yf_report_group, list->count + 1);
	if (!groups)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < list->count; i++) {
		const struct yf_json *item = &list->items[i];
		struct yf_report_group *group = &groups[i];

		YF_TRY(take_text(item, "name", YF_REPORT_NAME_LEN_MAX,
				 &group->name));
		YF_TRY(take_small(item, "people", &group->people));
		YF_TRY(take_small(item, "pictures", &group->pictures));
		YF_TRY(take_count(item, "genuine", &group->genuine));
		YF_TRY(take_count(item, "impostors", &group->impostors));
	}
	out->groups = groups;
	out->group_count = list->count;
	return YF_OK;
}

static yf_err take_group_rates(struct yf_arena *arena,
			       const struct yf_json *item, size_t count,
			       struct yf_report_limit *out)
{
	const struct yf_json *list;
	struct yf_rate *fmr = YF_NEW(arena, struct yf_rate, count + 1);
	struct yf_rate *fnmr = YF_NEW(arena, struct yf_rate, count + 1);

	if (!fmr || !fnmr)
		return YF_FAIL(MEMORY);
	YF_TRY(take_list(item, "groups", YF_REPORT_GROUPS_MAX, &list));
	if (list->count != count)
		return YF_FAIL(RANGE);
	for (size_t i = 0; i < count; i++) {
		YF_TRY(take_rate(&list->items[i], "fmr", &fmr[i]));
		YF_TRY(take_rate(&list->items[i], "fnmr", &fnmr[i]));
	}
	out->group_fmr = fmr;
	out->group_fnmr = fnmr;
	return YF_OK;
}

/* Targets fall and scores do not. */
static yf_err take_limits(struct yf_arena *arena, const struct yf_json *tree,
			  struct yf_face_report *out)
{
	const double most = 1e30;
	const struct yf_json *list;

	YF_TRY(take_list(tree, "limits", YF_REPORT_LIMITS_MAX, &list));
	struct yf_report_limit *limits =
		YF_NEW(arena, struct yf_report_limit, list->count + 1);
	if (!limits)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < list->count; i++) {
		const struct yf_json *item = &list->items[i];
		struct yf_report_limit *limit = &limits[i];

		YF_TRY(take_real(item, "target", 1e-12, 1, &limit->target));
		YF_TRY(take_real(item, "score", -1e38, 1e38, &limit->score));
		YF_TRY(take_rate(item, "fmr", &limit->fmr));
		YF_TRY(take_rate(item, "fnmr", &limit->fnmr));
		YF_TRY(take_group_rates(arena, item, out->group_count, limit));
		YF_TRY(take_real(item, "worst_over_best", 0, most,
				 &limit->worst_over_best));
		YF_TRY(take_real(item, "worst_over_all", 0, most,
				 &limit->worst_over_all));
		if (i && (limit->target >= limits[i - 1].target ||
			  limit->score < limits[i - 1].score))
			return YF_FAIL(RANGE);
		/* What a certificate may not state is not believed here. */
		if ((double)limit->fmr.trials * limit->target * (1 + 1e-9) <
		    YF_REPORT_IMPOSTORS_OVER_FMR)
			return YF_FAIL(FACE_IMPOSTORS);
	}
	out->limits = limits;
	out->limit_count = list->count;
	return YF_OK;
}

static yf_err take_verdict(const struct yf_json *item, yf_claim *out)
{
	const yf_str text = yf_json_text(item, "verdict");

	for (size_t i = 0; i < YF_COUNT(claim_names); i++) {
		if (!yf_str_is(text, claim_names[i]))
			continue;
		*out = (yf_claim)i;
		return YF_OK;
	}
	return YF_FAIL(SYNTAX);
}

static yf_err take_claims(struct yf_arena *arena, const struct yf_json *tree,
			  struct yf_face_report *out)
{
	const struct yf_json *list;

	YF_TRY(take_list(tree, "claims", YF_REPORT_CLAIMS_MAX, &list));
	struct yf_report_claim *claims =
		YF_NEW(arena, struct yf_report_claim, list->count + 1);
	if (!claims)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < list->count; i++) {
		const struct yf_json *item = &list->items[i];
		struct yf_report_claim *claim = &claims[i];
		const struct yf_json_field reached[] = {
			YF_JSON_FLAG("reached", &claim->reached), YF_JSON_END
		};

		YF_TRY(take_whole(item, "log10_fmr", -12, 0,
				  &claim->log10_fmr));
		YF_TRY(yf_json_take_fields(item, reached));
		YF_TRY(take_real(item, "score", -1e38, 1e38, &claim->score));
		YF_TRY(take_rate(item, "fmr", &claim->fmr));
		YF_TRY(take_rate(item, "fnmr", &claim->fnmr));
		YF_TRY(take_verdict(item, &claim->verdict));
	}
	out->claims = claims;
	out->claim_count = list->count;
	return YF_OK;
}

static yf_err take_accuracy(const struct yf_json *tree,
			    struct yf_face_report *out)
{
	const struct yf_json *accuracy = yf_json_get(tree, "accuracy");

	out->has_eer = yf_json_get(tree, "eer");
	if (out->has_eer)
		YF_TRY(take_real(tree, "eer", 0, 1, &out->eer));
	out->has_accuracy = accuracy;
	if (!accuracy)
		return YF_OK;
	YF_TRY(take_real(accuracy, "value", 0, 1, &out->accuracy));
	YF_TRY(take_whole(accuracy, "folds", 0, 1000, &out->folds));
	return take_real(accuracy, "error", 0, 1, &out->accuracy_error);
}

static yf_err take_cost(const struct yf_json *tree, struct yf_face_report *out)
{
	const double most = 1e12;
	const struct yf_json *cost = yf_json_get(tree, "cost");

	if (!cost)
		return YF_FAIL(MISSING);
	YF_TRY(take_real(cost, "picture_p50_ms", 0, most,
			 &out->picture_p50_ms));
	YF_TRY(take_real(cost, "picture_p99_ms", 0, most,
			 &out->picture_p99_ms));
	if (yf_json_get(cost, "picture_cpu_ms"))
		YF_TRY(take_real(cost, "picture_cpu_ms", 0, most,
				 &out->picture_cpu_ms));
	YF_TRY(take_real(cost, "match_ns", 0, most, &out->match_ns));
	YF_TRY(take_count(cost, "worker_peak_bytes", &out->worker_peak));
	return take_whole(cost, "jobs", 1, 64, &out->jobs);
}

yf_err yf_face_report_decode(struct yf_arena *arena, yf_str json,
			     struct yf_face_report *out)
{
	struct yf_face_report report = { 0 };
	const struct yf_json *tree;

	if (json.len > YF_REPORT_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_json_parse(arena, json, &tree));
	if (tree->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	YF_TRY(take_head(arena, tree, &report));
	YF_TRY(take_counts(arena, tree, &report));
	YF_TRY(take_accuracy(tree, &report));
	YF_TRY(take_groups(arena, tree, &report));
	YF_TRY(take_limits(arena, tree, &report));
	YF_TRY(take_claims(arena, tree, &report));
	YF_TRY(take_cost(tree, &report));
	*out = report;
	return YF_OK;
}
