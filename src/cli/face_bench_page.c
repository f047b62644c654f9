#define _DEFAULT_SOURCE
#include "cli/face_bench.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>

#include "base/civil.h"
#include "base/file.h"

/* One page that a person can read, without a request to anybody. */

static void put_text(struct yf_buf *buf, yf_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (c == '<')
			yf_buf_text(buf, YF_STR("&lt;"));
		else if (c == '&')
			yf_buf_text(buf, YF_STR("&amp;"));
		else
			yf_buf_char(buf, c);
	}
}

/* 1,234,567 */
static void put_count(struct yf_buf *buf, uint64_t count)
{
	char digits[24];
	const int len = snprintf(digits, sizeof(digits), "%llu",
				 (unsigned long long)count);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			yf_buf_char(buf, ',');
		yf_buf_char(buf, digits[i]);
	}
}

/* Three digits that mean something, never in powers of ten. */
static void put_number(struct yf_buf *buf, double value)
{
	const double size = fabs(value);
	int places = 0;

	if (size > 0 && size < 100)
		places = 2 - (int)floor(log10(size));
	yf_buf_format(buf, "%.*f", places > 9 ? 9 : places, value);
}

static void put_percent(struct yf_buf *buf, double share)
{
	put_number(buf, 100 * share);
	yf_buf_text(buf, YF_STR("&nbsp;%"));
}

/* A share with its interval, or what is known of it. */
static void put_rate(struct yf_buf *buf, const struct yf_rate *rate)
{
	if (!rate->trials) {
		yf_buf_text(buf, YF_STR("no pairs"));
		return;
	}
	if (!rate->known) {
		yf_buf_text(buf, YF_STR("too few pairs to state ("));
		put_count(buf, rate->errors);
		yf_buf_text(buf, YF_STR(" of "));
		put_count(buf, rate->trials);
		yf_buf_text(buf, YF_STR("; at most "));
		put_percent(buf, rate->at_most);
		yf_buf_text(buf, YF_STR(")"));
		return;
	}
	yf_buf_text(buf, YF_STR("<b>"));
	put_percent(buf, rate->value);
	yf_buf_text(buf, YF_STR("</b>"));
	if (!rate->has_interval)
		return;
	yf_buf_text(buf, YF_STR(" <small>"));
	put_percent(buf, rate->low);
	yf_buf_text(buf, YF_STR(" to "));
	put_percent(buf, rate->high);
	yf_buf_text(buf, YF_STR("</small>"));
}

static void put_head(struct yf_buf *buf, const struct yf_face_report *report)
{
	static const char style[] =
		":root{color-scheme:light dark}"
		"body{font:17px/1.55 system-ui,sans-serif;max-width:50rem;"
		"margin:0 auto;padding:1rem 1.2rem 4rem;color:#1c1c28;"
		"background:#fff}"
		"h1{font-size:1.7rem;line-height:1.2}"
		"h2{font-size:1.25rem;margin-top:2.4rem}"
		".scroll{overflow-x:auto}"
		"table{border-collapse:collapse;width:100%}"
		"th,td{text-align:left;vertical-align:top;"
		"padding:.45rem .8rem .45rem 0;"
		"border-bottom:1px solid #d8d8e0}"
		"th{font-weight:600}small{color:#5a5a68;white-space:nowrap;"
		"display:block}"
		"svg{width:100%;min-width:34rem;height:auto}code{overflow-wrap:"
		"anywhere}"
		".say{font-size:1.15rem;border-left:4px solid #0b6e99;"
		"padding:.2rem 0 .2rem 1rem}"
		".bad{border-left-color:#b3401f}"
		"@media(prefers-color-scheme:dark){body{color:#ececf2;"
		"background:#16161c}th,td{border-color:#3a3a44}"
		"small{color:#b0b0bc}}"
		"@media(max-width:40rem){body{font-size:16px}"
		"th,td{padding-right:.6rem}}"
		"@media print{body{font-size:11pt;max-width:none}"
		"h2{break-after:avoid}tr,svg{break-inside:avoid}}";

	yf_buf_format(buf, "<!doctype html>\n<html lang=\"en\"><head>"
			   "<meta charset=\"utf-8\">"
			   "<meta name=\"viewport\" "
			   "content=\"width=device-width,initial-scale=1\">"
			   "<title>Face engine measured: ");
	put_text(buf, report->engine);
	yf_buf_format(buf, "</title><style>%s</style></head><body>\n", style);
}

static void put_row(struct yf_buf *buf, const char *name)
{
	yf_buf_format(buf, "<tr><th scope=\"row\">%s</th><td>", name);
}

static yf_err put_what(struct yf_buf *buf, const struct yf_face_report *report)
{
	yf_str date;

	YF_TRY(yf_civil_format(buf->arena, yf_civil_of(report->measured_s),
			       &date));
	yf_buf_format(buf, "<h1>How well this engine tells people apart</h1>\n"
			   "<h2>What was measured, on what</h2>"
			   "<div class=\"scroll\"><table>\n");
	put_row(buf, "Engine");
	put_text(buf, report->engine);
	yf_buf_format(buf, ", version ");
	put_text(buf, report->version);
	yf_buf_format(buf, "</td></tr>\n");
	put_row(buf, "Model");
	yf_buf_format(buf, "<code>SHA-256 ");
	for (size_t i = 0; i < YF_REPORT_HASH_LEN; i++)
		yf_buf_format(buf, "%02x", report->model_hash[i]);
	yf_buf_format(buf, "</code></td></tr>\n");
	put_row(buf, "Pictures");
	if (report->data.len)
		put_text(buf, report->data);
	else
		yf_buf_format(buf, "nobody said what they are (--data), so no "
				   "certificate can be made from this");
	yf_buf_format(buf, "</td></tr>\n");
	put_row(buf, "How many");
	put_count(buf, report->pictures);
	yf_buf_format(buf, " pictures of ");
	put_count(buf, report->people);
	yf_buf_format(buf, " people; ");
	put_count(buf, report->genuine);
	yf_buf_format(buf, " pairs of one person, ");
	put_count(buf, report->impostors);
	yf_buf_format(buf, " pairs of two people (%s)</td></tr>\n",
		      report->cross ? "all there are among the pictures"
				    : "those of the list");
	put_row(buf, "When, by what");
	yf_buf_format(buf, "%.*s, ", YF_ARG(date));
	put_text(buf, report->software);
	yf_buf_format(buf, ", list ");
	put_text(buf, report->list);
	yf_buf_format(buf, "</td></tr>\n</table></div>\n");
	return YF_OK;
}

/* "47", "0.4": people of a thousand, or tries of ten thousand. */
static void put_of(struct yf_buf *buf, double share, double people)
{
	const double count = share * people;

	yf_buf_format(buf, count >= 9.95 || count <= 0 ? "%.0f" : "%.1f",
		      count);
}

/* The strictest limit that the usual rule for remote proofing names and that
 * was reached, else the strictest that was. */
static const struct yf_report_limit *
limit_to_say(const struct yf_face_report *report)
{
	static const double usual[] = { 1e-4, 1e-3, 1e-2 };

	for (size_t i = 0; i < YF_COUNT(usual); i++) {
		const struct yf_report_limit *limit =
			yf_face_report_limit(report, usual[i]);
		if (limit)
			return limit;
	}
	return NULL;
}

static void put_worst(struct yf_buf *buf, const struct yf_face_report *report,
		      const struct yf_report_limit *limit)
{
	size_t worst = report->group_count;

	for (size_t i = 0; i < report->group_count; i++)
		if (limit->group_fmr[i].known &&
		    (worst == report->group_count ||
		     limit->group_fmr[i].value > limit->group_fmr[worst].value))
			worst = i;
	if (worst == report->group_count || limit->worst_over_all <= 1)
		return;
	yf_buf_format(buf,
		      "<p class=\"say%s\">That is an average. Between two "
		      "people of the group <b>",
		      limit->worst_over_all > 3 ? " bad" : "");
	put_text(buf, report->groups[worst].name);
	yf_buf_format(buf, "</b> about ");
	put_of(buf, limit->group_fmr[worst].value, 10000);
	yf_buf_format(buf, " of 10,000 pass: ");
	put_number(buf, limit->worst_over_all);
	yf_buf_format(buf, " times as many.</p>\n");
}

static void put_meaning(struct yf_buf *buf, const struct yf_face_report *report)
{
	const struct yf_report_limit *limit = limit_to_say(report);

	yf_buf_format(buf, "<h2>What it means</h2>\n");
	if (!limit) {
		yf_buf_format(buf, "<p class=\"say bad\">There are too few "
				   "pairs of different people to say how often "
				   "strangers pass.</p>\n");
		return;
	}
	yf_buf_format(buf, "<p class=\"say\">At a limit that lets ");
	put_of(buf, limit->target, 10000);
	yf_buf_format(buf, " of 10,000 strangers pass (score ");
	put_number(buf, limit->score);
	yf_buf_format(buf, "), of 1,000 honest people about <b>");
	put_of(buf, limit->fnmr.value, 1000);
	yf_buf_format(buf, "</b> are not recognised and are sent to a service "
			   "point");
	if (limit->fnmr.has_interval) {
		yf_buf_format(buf, " (between ");
		put_of(buf, limit->fnmr.low, 1000);
		yf_buf_format(buf, " and ");
		put_of(buf, limit->fnmr.high, 1000);
		yf_buf_format(buf, ")");
	}
	yf_buf_format(buf, ".</p>\n");
	put_worst(buf, report, limit);
}

static void put_limits(struct yf_buf *buf, const struct yf_face_report *report)
{
	static const double named[] = { 1e-2, 1e-3, 1e-4, 1e-5 };

	yf_buf_format(buf,
		      "<h2>Errors at each limit</h2>\n"
		      "<p>FMR: the share of pairs of different people "
		      "that match. FNMR: the share of pairs of one person "
		      "that do not; a picture in which no face could be "
		      "described counts as such. In small print, 95 %% of "
		      "%d draws of other people from these.</p>\n"
		      "<div class=\"scroll\"><table><tr>"
		      "<th>FMR aimed at</th><th>score from</th>"
		      "<th>FMR</th><th>FNMR</th></tr>\n",
		      YF_BENCH_ROUNDS);
	for (size_t i = 0; i < YF_COUNT(named); i++) {
		const struct yf_report_limit *limit =
			yf_face_report_limit(report, named[i]);

		yf_buf_format(buf, "<tr><td>1 in ");
		put_count(buf, (uint64_t)(1 / named[i] + 0.5));
		if (!limit) {
			yf_buf_format(buf, "</td><td colspan=\"3\">not stated: "
					   "it needs ");
			put_count(buf, yf_rates_needed(named[i]));
			yf_buf_format(buf, " pairs of different people, there "
					   "are ");
			put_count(buf, report->impostors);
			yf_buf_format(buf, "</td></tr>\n");
			continue;
		}
		yf_buf_format(buf, "</td><td>");
		put_number(buf, limit->score);
		yf_buf_format(buf, "</td><td>");
		put_rate(buf, &limit->fmr);
		yf_buf_format(buf, "</td><td>");
		put_rate(buf, &limit->fnmr);
		yf_buf_format(buf, "</td></tr>\n");
	}
	yf_buf_format(buf, "</table></div>\n");
}

static void put_others(struct yf_buf *buf, const struct yf_face_report *report)
{
	yf_buf_format(buf, "<div class=\"scroll\"><table>\n");
	put_row(buf, "No face could be described");
	put_count(buf, report->failure_to_extract.errors);
	yf_buf_format(buf, " of ");
	put_count(buf, report->failure_to_extract.trials);
	yf_buf_format(buf, " pictures");
	for (size_t i = 0; i < report->reason_count; i++) {
		if (!report->reasons[i].pictures)
			continue;
		yf_buf_format(buf, ", %.*s: ", YF_ARG(report->reasons[i].name));
		put_count(buf, report->reasons[i].pictures);
	}
	yf_buf_format(buf, "; ");
	put_count(buf, report->genuine_failed);
	yf_buf_format(buf, " pairs of one person lost by it</td></tr>\n");
	if (report->has_eer) {
		put_row(buf, "Equal error rate");
		put_percent(buf, report->eer);
		yf_buf_format(buf, "</td></tr>\n");
	}
	if (report->has_accuracy) {
		put_row(buf, "Right answers on the list");
		put_percent(buf, report->accuracy);
		if (report->folds) {
			yf_buf_format(buf, " ± ");
			put_percent(buf, report->accuracy_error);
			yf_buf_format(buf,
				      ", each of %lld folds at the limit that "
				      "is best for the others",
				      (long long)report->folds);
		} else {
			yf_buf_format(buf, ", at the limit that is best for "
					   "this very list, which flatters");
		}
		yf_buf_format(buf, "</td></tr>\n");
	}
	yf_buf_format(buf, "</table></div>\n");
}

static void put_groups(struct yf_buf *buf, const struct yf_face_report *report)
{
	if (!report->group_count)
		return;
	yf_buf_format(buf, "<h2>Groups</h2>\n<p>The same limits for everybody; "
			   "errors between people of one group.</p>\n");
	for (size_t i = 0; i < report->limit_count; i++) {
		const struct yf_report_limit *limit = &report->limits[i];
		const double power = log10(limit->target);

		if (fabs(power - round(power)) > 1e-6)
			continue;
		yf_buf_format(buf, "<h3>At 1 in ");
		put_count(buf, (uint64_t)(1 / limit->target + 0.5));
		yf_buf_format(buf, "</h3><div class=\"scroll\"><table><tr>"
				   "<th>group</th><th>people, pairs</th>"
				   "<th>FMR</th><th>FNMR</th></tr>\n");
		for (size_t g = 0; g < report->group_count; g++) {
			const struct yf_report_group *group =
				&report->groups[g];
			yf_buf_format(buf, "<tr><td>");
			put_text(buf, group->name);
			yf_buf_format(buf, "</td><td>");
			put_count(buf, group->people);
			yf_buf_format(buf, ", ");
			put_count(buf, group->impostors);
			yf_buf_format(buf, "</td><td>");
			put_rate(buf, &limit->group_fmr[g]);
			yf_buf_format(buf, "</td><td>");
			put_rate(buf, &limit->group_fnmr[g]);
			yf_buf_format(buf, "</td></tr>\n");
		}
		yf_buf_format(buf, "</table></div>\n");
		if (limit->worst_over_best <= 0)
			continue;
		yf_buf_format(buf, "<p>Worst over best group: ");
		put_number(buf, limit->worst_over_best);
		yf_buf_format(buf, ". Worst over all: ");
		put_number(buf, limit->worst_over_all);
		yf_buf_format(buf, ".</p>\n");
	}
}

static void put_claims(struct yf_buf *buf, const struct yf_face_report *report)
{
	static const char *const words[] = {
		[YF_CLAIM_CANNOT_TELL] = "cannot tell",
		[YF_CLAIM_HOLDS] = "holds here",
		[YF_CLAIM_FAILS] = "does not hold here",
	};

	yf_buf_format(buf, "<h2>What the engine claims</h2>\n<p>A deployment "
			   "decides by the false match rate that the engine "
			   "itself claims for a pair. This is what it was "
			   "worth.</p>\n<div class=\"scroll\"><table><tr>"
			   "<th>claim</th><th>measured FMR</th><th>FNMR</th>"
			   "<th>verdict</th></tr>\n");
	for (size_t i = 0; i < report->claim_count; i++) {
		const struct yf_report_claim *claim = &report->claims[i];

		yf_buf_format(buf, "<tr><td>1 in ");
		put_count(buf,
			  (uint64_t)(pow(10, -(double)claim->log10_fmr) + 0.5));
		if (!claim->reached) {
			yf_buf_format(buf, "</td><td colspan=\"3\">never "
					   "claimed in this run</td></tr>\n");
			continue;
		}
		yf_buf_format(buf, "</td><td>");
		put_rate(buf, &claim->fmr);
		yf_buf_format(buf, "</td><td>");
		put_rate(buf, &claim->fnmr);
		yf_buf_format(buf, "</td><td>%s</td></tr>\n",
			      words[claim->verdict]);
	}
	yf_buf_format(buf, "</table></div>\n");
}

static void put_end(struct yf_buf *buf, const struct yf_face_report *report)
{
	yf_buf_format(buf, "<h2>What it costs</h2>\n<p>From picture to "
			   "template ");
	put_number(buf, report->picture_p50_ms);
	yf_buf_format(buf, " ms (half of them), ");
	put_number(buf, report->picture_p99_ms);
	yf_buf_format(buf, " ms (99 of 100) with ");
	put_count(buf, (uint64_t)report->jobs);
	yf_buf_format(buf, " at once; a comparison ");
	put_number(buf, report->match_ns);
	yf_buf_format(buf, " ns, way to the worker included; a worker took up "
			   "to ");
	put_number(buf, (double)report->worker_peak / 1048576);
	yf_buf_format(
		buf,
		" MiB.</p>\n<h2>What this does not say</h2>\n<ul>"
		"<li>It holds for people and pictures like these. Other "
		"cameras, light, ages and origins give other rates: measure "
		"your own.</li>"
		"<li>The main face of a picture is compared whatever its "
		"quality; a deployment refuses poor ones first.</li>"
		"<li>Pairs share people and so are not independent: the "
		"intervals draw people and not pairs. Bounds given as "
		"&ldquo;at most&rdquo; do not know that.</li>"
		"<li>A rate is stated only where 30 false matches are to be "
		"expected or were seen.</li>"
		"<li>Nothing here was about deceit: masks, screens, injected "
		"video.</li></ul>\n</body></html>\n");
}

yf_err yf_bench_page(struct yf_arena *arena,
		     const struct yf_face_report *report, yf_str svg,
		     yf_str *out)
{
	struct yf_buf buf = yf_buf_new(arena, 65536);

	put_head(&buf, report);
	YF_TRY(put_what(&buf, report));
	put_meaning(&buf, report);
	put_limits(&buf, report);
	put_others(&buf, report);
	yf_buf_format(&buf,
		      "<h2>The trade-off</h2>\n<p>Further left, fewer "
		      "strangers pass; further down, fewer honest people are "
		      "sent away; the bottom edge stands for none. A curve "
		      "ends where the pairs end that it needs.</p>\n"
		      "<div class=\"scroll\">");
	yf_buf_text(&buf, svg);
	yf_buf_format(&buf, "</div>\n");
	put_groups(&buf, report);
	put_claims(&buf, report);
	put_end(&buf, report);
	return yf_buf_str(&buf, out);
}

static yf_err save(struct yf_arena *arena, const char *folder, const char *name,
		   yf_str text)
{
	yf_str path;

	YF_TRY(yf_str_format(arena, &path, "%s/%s", folder, name));
	return yf_file_save(path.ptr, yf_bytes_of(text), 0644);
}

static yf_err save_all(struct yf_arena *arena, const char *folder, yf_str json,
		       yf_str csv, yf_str svg, yf_str page)
{
	YF_TRY(yf_file_folder(folder, 0755));
	YF_TRY(save(arena, folder, "det.csv", csv));
	YF_TRY(save(arena, folder, "det.svg", svg));
	YF_TRY(save(arena, folder, "index.html", page));
	return save(arena, folder, "report.json", json);
}

yf_err yf_bench_write(struct yf_arena *arena, const char *folder,
		      const struct yf_face_report *report,
		      const struct yf_bench_sums *sums, yf_str json)
{
	yf_str csv, svg, page;
	sigset_t stops, before;

	YF_TRY(yf_bench_det_csv(arena, report, sums, &csv));
	YF_TRY(yf_bench_det_svg(arena, report, sums, &svg));
	YF_TRY(yf_bench_page(arena, report, svg, &page));
	/* All four or none: Ctrl-C waits until they are there. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGHUP);
	sigprocmask(SIG_BLOCK, &stops, &before);
	const yf_err err = save_all(arena, folder, json, csv, svg, page);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}
