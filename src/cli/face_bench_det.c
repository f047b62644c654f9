#include "cli/face_bench.h"

#include <math.h>

/*
 * The detection error trade-off: FNMR against FMR over all thresholds, as
 * a table and as a drawing.  A curve ends where fewer than 30 pairs of
 * different people match: left of it nobody knows.
 */
enum {
	PER_DECADE = 20, /* points of a curve */
	LEFT = 70,
	TOP = 20,
	WIDTH = 620,
	HEIGHT = 380,
	COLOURS = 8,
	LEGEND = 22, /* height of a line */
};

struct point {
	double score;
	size_t false_matches, missed;
};

/* The points of a curve by rising score; false when there are no more. */
struct walk {
	struct yf_rates_scores impostors, genuine;
	unsigned step;
	size_t last; /* false matches of the point before */
};

static bool walk_next(struct walk *walk, struct point *out)
{
	const size_t count = walk->impostors.count;

	if (!count || !walk->genuine.count || walk->last == 0)
		return false;
	size_t matches;
	do {
		const double share =
			pow(10, -(double)walk->step++ / PER_DECADE);
		matches = (size_t)(share * (double)count);
	} while (matches >= walk->last && matches);
	out->score = matches >= count
			     ? (double)walk->impostors.at[0]
			     : (double)nextafterf(
				       walk->impostors.at[count - 1 - matches],
				       INFINITY);
	out->false_matches = yf_rates_from(walk->impostors, out->score);
	out->missed =
		walk->genuine.count - yf_rates_from(walk->genuine, out->score);
	walk->last = matches;
	return true;
}

static struct walk walk_new(const struct yf_bench_sums *sums, size_t row)
{
	return (struct walk){ .impostors = sums->impostors[row],
			      .genuine = sums->genuine[row],
			      .last = SIZE_MAX };
}

static yf_str name_of(const struct yf_face_report *report, size_t row)
{
	return row ? report->groups[row - 1].name : YF_STR("all");
}

/* --- the table --- */

static void put_quoted(struct yf_buf *buf, yf_str text)
{
	yf_buf_char(buf, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			yf_buf_char(buf, '"');
		yf_buf_char(buf, text.ptr[i]);
	}
	yf_buf_char(buf, '"');
}

yf_err yf_bench_det_csv(struct yf_arena *arena,
			const struct yf_face_report *report,
			const struct yf_bench_sums *sums, yf_str *out)
{
	struct yf_buf buf = yf_buf_new(arena, 65536);

	yf_buf_format(&buf, "group,score,false_matches,impostors,fmr,"
			    "false_non_matches,genuine,fnmr\n");
	for (size_t row = 0; row <= report->group_count; row++) {
		struct walk walk = walk_new(sums, row);
		struct point point;

		while (walk_next(&walk, &point)) {
			const double n = (double)walk.impostors.count;
			const double m = (double)walk.genuine.count;

			put_quoted(&buf, name_of(report, row));
			yf_buf_format(&buf, ",%.9g,%zu,%zu,", point.score,
				      point.false_matches,
				      walk.impostors.count);
			if (point.false_matches >= YF_REPORT_IMPOSTORS_OVER_FMR)
				yf_buf_format(&buf, "%.6g",
					      (double)point.false_matches / n);
			yf_buf_format(&buf, ",%zu,%zu,%.6g\n", point.missed,
				      walk.genuine.count,
				      (double)point.missed / m);
		}
	}
	return yf_buf_str(&buf, out);
}

/* --- the drawing --- */

struct axes {
	double left, bottom; /* log10 of the smallest FMR and FNMR shown */
};

static double floor_of(double share, double least)
{
	return share > 0 ? fmax(least, floor(log10(share))) : -1;
}

static struct axes axes_of(const struct yf_face_report *report,
			   const struct yf_bench_sums *sums)
{
	struct axes axes = { -2, -2 };

	for (size_t row = 0; row <= report->group_count; row++) {
		const double n = (double)sums->impostors[row].count;
		const double m = (double)sums->genuine[row].count;
		if (n > YF_REPORT_IMPOSTORS_OVER_FMR)
			axes.left = fmin(
				axes.left,
				floor_of(YF_REPORT_IMPOSTORS_OVER_FMR / n, -8));
		if (m > 0)
			axes.bottom = fmin(axes.bottom, floor_of(1 / m, -5));
	}
	return axes;
}

static double x_of(const struct axes *axes, double fmr)
{
	return LEFT + WIDTH * (log10(fmr) / -axes->left + 1);
}

static double y_of(const struct axes *axes, double fnmr)
{
	const double lowest = pow(10, axes->bottom);

	return TOP +
	       HEIGHT * log10(fnmr > lowest ? fnmr : lowest) / axes->bottom;
}

static void put_style(struct yf_buf *buf)
{
	static const char *const light[COLOURS] = {
		"#1a1a2e", "#0b6e99", "#b3401f", "#4d7a12",
		"#7a3fa0", "#a36a00", "#00776b", "#b0246b",
	};
	static const char *const dark[COLOURS] = {
		"#f2f2f2", "#6cc4ec", "#ff9d7d", "#a9d86b",
		"#d0a2f5", "#f0bf5a", "#5fd6c8", "#ff8fc4",
	};
	static const char *const dashes[COLOURS] = { "none", "8 4",
						     "2 3",  "12 3 2 3",
						     "5 5",  "1 4",
						     "14 5", "6 2 2 2" };

	yf_buf_format(buf, "<style>.det{font:13px system-ui,sans-serif}"
			   ".det .t{fill:#444}.det .g{stroke:#ddd}"
			   ".det path{fill:none;stroke-width:2}");
	for (int i = 0; i < COLOURS; i++)
		yf_buf_format(buf, ".det .c%d{stroke:%s;stroke-dasharray:%s}",
			      i, light[i], dashes[i]);
	yf_buf_format(buf, "@media(prefers-color-scheme:dark){"
			   ".det .t{fill:#ccc}.det .g{stroke:#3a3a44}");
	for (int i = 0; i < COLOURS; i++)
		yf_buf_format(buf, ".det .c%d{stroke:%s}", i, dark[i]);
	yf_buf_format(buf, "}</style>\n");
}

/* "10 %", "0.001 %": exact for powers of ten. */
static void put_power(struct yf_buf *buf, int power)
{
	yf_buf_format(buf, "%.*f %%", power < -2 ? -power - 2 : 0,
		      pow(10, power + 2));
}

static void put_axes(struct yf_buf *buf, const struct axes *axes)
{
	for (int power = (int)axes->left; power <= 0; power++) {
		const double x = x_of(axes, pow(10, power));
		yf_buf_format(buf,
			      "<line class=\"g\" x1=\"%.1f\" y1=\"%d\" "
			      "x2=\"%.1f\" y2=\"%d\"/>"
			      "<text class=\"t\" x=\"%.1f\" y=\"%d\" "
			      "text-anchor=\"middle\">",
			      x, TOP, x, TOP + HEIGHT, x, TOP + HEIGHT + 18);
		put_power(buf, power);
		yf_buf_format(buf, "</text>\n");
	}
	for (int power = (int)axes->bottom; power <= 0; power++) {
		const double y = y_of(axes, pow(10, power));
		yf_buf_format(buf,
			      "<line class=\"g\" x1=\"%d\" y1=\"%.1f\" "
			      "x2=\"%d\" y2=\"%.1f\"/>"
			      "<text class=\"t\" x=\"%d\" y=\"%.1f\" "
			      "text-anchor=\"end\">",
			      LEFT, y, LEFT + WIDTH, y, LEFT - 6, y + 4);
		put_power(buf, power);
		yf_buf_format(buf, "</text>\n");
	}
	yf_buf_format(buf,
		      "<text class=\"t\" x=\"%d\" y=\"%d\" "
		      "text-anchor=\"middle\">strangers who match (FMR)"
		      "</text>\n",
		      LEFT + WIDTH / 2, TOP + HEIGHT + 40);
	yf_buf_format(buf,
		      "<text class=\"t\" transform=\"translate(14 %d) "
		      "rotate(-90)\" text-anchor=\"middle\">honest people "
		      "who do not (FNMR)</text>\n",
		      TOP + HEIGHT / 2);
}

static void put_curve(struct yf_buf *buf, const struct axes *axes,
		      const struct yf_bench_sums *sums, size_t row)
{
	struct walk walk = walk_new(sums, row);
	const double n = (double)walk.impostors.count;
	const double m = (double)walk.genuine.count;
	struct point point;
	bool drawn = false;

	while (walk_next(&walk, &point)) {
		if (point.false_matches < YF_REPORT_IMPOSTORS_OVER_FMR)
			break;
		const double x = x_of(axes, (double)point.false_matches / n);
		const double to = y_of(axes, (double)point.missed / m);
		/* a staircase: between two points nothing was measured */
		if (drawn)
			yf_buf_format(buf, "H%.1fV%.1f", x, to);
		else
			yf_buf_format(buf,
				      "<path class=\"c%zu\" d=\"M%.1f %.1f",
				      row % COLOURS, x, to);
		drawn = true;
	}
	if (drawn)
		yf_buf_format(buf, "\"/>\n");
}

static void put_text(struct yf_buf *buf, yf_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '<')
			yf_buf_text(buf, YF_STR("&lt;"));
		else if (text.ptr[i] == '&')
			yf_buf_text(buf, YF_STR("&amp;"));
		else
			yf_buf_char(buf, text.ptr[i]);
	}
}

static void put_legend(struct yf_buf *buf, const struct yf_face_report *report)
{
	for (size_t row = 0; row <= report->group_count; row++) {
		const int y = TOP + HEIGHT + 66 + (int)row * LEGEND;
		yf_buf_format(buf,
			      "<path class=\"c%zu\" d=\"M%d %dh40\"/>"
			      "<text class=\"t\" x=\"%d\" y=\"%d\">",
			      row % COLOURS, LEFT, y - 4, LEFT + 50, y);
		put_text(buf, name_of(report, row));
		yf_buf_format(buf, "</text>\n");
	}
}

yf_err yf_bench_det_svg(struct yf_arena *arena,
			const struct yf_face_report *report,
			const struct yf_bench_sums *sums, yf_str *out)
{
	const struct axes axes = axes_of(report, sums);
	struct yf_buf buf = yf_buf_new(arena, 65536);

	yf_buf_format(&buf,
		      "<svg class=\"det\" xmlns=\"http://www.w3.org/2000/svg\" "
		      "viewBox=\"0 0 %d %d\" role=\"img\">\n"
		      "<title>FNMR against FMR over all thresholds</title>\n",
		      LEFT + WIDTH + 40,
		      TOP + HEIGHT + 60 +
			      (int)(report->group_count + 1) * LEGEND);
	put_style(&buf);
	put_axes(&buf, &axes);
	for (size_t row = 0; row <= report->group_count; row++)
		put_curve(&buf, &axes, sums, row);
	put_legend(&buf, report);
	yf_buf_format(&buf, "</svg>\n");
	return yf_buf_str(&buf, out);
}
