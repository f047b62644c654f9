#include "cli/face_bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "codec/csv.h"

enum { LIST_LEN_MAX = 64 * 1024 * 1024, COLUMNS_MAX = 4, NAME_LEN_MAX = 1024 };

/* Names to numbers in the order of their coming. */
struct names {
	yf_str *at;
	uint32_t count, room;
	uint32_t *slots; /* number + 1; 0 free; a power of two, half empty */
	uint32_t mask;
};

static yf_err names_new(struct yf_arena *arena, size_t room, struct names *out)
{
	uint32_t slots = 16;

	while (slots < 2 * room)
		slots *= 2;
	*out = (struct names){
		.at = YF_NEW(arena, yf_str, room + 1),
		.room = (uint32_t)room,
		.slots = YF_NEW(arena, uint32_t, slots),
		.mask = slots - 1,
	};
	return out->at && out->slots ? YF_OK : YF_FAIL(MEMORY);
}

static uint32_t *slot_of(const struct names *names, yf_str name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (uint8_t)name.ptr[i]) * 16777619u;
	for (;; hash++) {
		uint32_t *slot = &names->slots[hash & names->mask];
		if (!*slot || yf_str_eq(names->at[*slot - 1], name))
			return slot;
	}
}

static bool names_find(const struct names *names, yf_str name, uint32_t *out)
{
	const uint32_t *slot = slot_of(names, name);

	if (*slot)
		*out = *slot - 1;
	return *slot;
}

static yf_err names_add(struct names *names, yf_str name, uint32_t *out)
{
	uint32_t *slot = slot_of(names, name);

	if (!*slot) {
		if (names->count == names->room)
			return YF_FAIL(TOO_LARGE);
		names->at[names->count] = name;
		*slot = ++names->count;
	}
	*out = *slot - 1;
	return YF_OK;
}

/* One list: the file, its header, where it is read. */
struct table {
	struct yf_arena *arena;
	const char *path;
	struct yf_csv csv;
	struct yf_csv_record record;
	const char *columns[COLUMNS_MAX];
	size_t at[COLUMNS_MAX]; /* in the record; SIZE_MAX: not there */
	size_t rows_max;
};

static yf_err complain(const struct table *table, const char *column,
		       const char *what, yf_err err)
{
	fprintf(stderr, "yufu face bench: %s: line %zu%s%s: %s\n", table->path,
		table->csv.line, column ? ", column " : "",
		column ? column : "", what);
	return err;
}

static yf_err read_header(struct table *table, size_t needed)
{
	yf_err err = yf_csv_next(&table->csv, table->arena, &table->record);

	if (yf_failed(err))
		return complain(table, NULL, "there is no header line", err);
	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		table->at[i] = SIZE_MAX;
		for (size_t j = 0; table->columns[i] && j < table->record.count;
		     j++) {
			const yf_str name =
				yf_str_trim(table->record.fields[j]);
			if (!yf_str_is(name, table->columns[i]))
				continue;
			if (table->at[i] != SIZE_MAX)
				return complain(table, table->columns[i],
						"is there twice",
						YF_FAIL(DUPLICATE));
			table->at[i] = j;
		}
		if (i < needed && table->at[i] == SIZE_MAX)
			return complain(table, table->columns[i],
					"is missing in the header",
					YF_FAIL(MISSING));
	}
	return YF_OK;
}

static yf_err open_table(struct table *table, size_t needed)
{
	yf_bytes bytes;

	const yf_err err =
		yf_file_load(table->arena, table->path, LIST_LEN_MAX, &bytes);
	if (yf_failed(err)) {
		fprintf(stderr, "yufu face bench: %s: %s; %s\n", table->path,
			yf_err_text(err), yf_err_advice(err));
		return err;
	}
	const yf_str text = yf_str_from(bytes);
	table->csv = yf_csv_new(text);
	table->rows_max = yf_str_count(text, '\n') + 1;
	if (table->rows_max > YF_BENCH_PAIRS_MAX + 1)
		return complain(table, NULL, "over 1,000,000 lines",
				YF_FAIL(TOO_LARGE));
	return read_header(table, needed);
}

/* NOT_FOUND at the end. */
static yf_err next_row(struct table *table)
{
	const yf_err err =
		yf_csv_next(&table->csv, table->arena, &table->record);

	if (err.code == YF_CODE_NOT_FOUND || !yf_failed(err))
		return err;
	return complain(table, NULL,
			"not well-formed CSV in UTF-8 (a quote or a lone CR?)",
			err);
}

static yf_err take(const struct table *table, size_t column, yf_str *out)
{
	const size_t at = table->at[column];

	if (at >= table->record.count)
		return complain(table, table->columns[column], "is missing",
				YF_FAIL(MISSING));
	const yf_str value = yf_str_trim(table->record.fields[at]);
	if (!value.len)
		return complain(table, table->columns[column], "is empty",
				YF_FAIL(MISSING));
	if (value.len > NAME_LEN_MAX)
		return complain(table, table->columns[column],
				"is over 1024 bytes", YF_FAIL(TOO_LARGE));
	*out = value;
	return YF_OK;
}

/* --- pairs --- */

enum { SAME, A, B, FOLD };

struct reading {
	struct table pairs;
	struct names pictures, people, folds;
	struct yf_bench_list *list;
	bool cross;
};

/* The file's name before the last '_', without its folder; the name without
 * its ending where there is no '_'. */
static yf_str person_of(yf_str picture)
{
	yf_str name = picture;
	size_t dot = SIZE_MAX;

	for (size_t i = 0; i < picture.len; i++)
		if (picture.ptr[i] == '/')
			name = yf_str_skip(picture, i + 1);
	for (size_t i = name.len; i-- > 0;) {
		if (name.ptr[i] == '_' && i)
			return (yf_str){ name.ptr, i };
		if (name.ptr[i] == '.' && dot == SIZE_MAX)
			dot = i;
	}
	return dot == SIZE_MAX ? name : (yf_str){ name.ptr, dot };
}

/* Below --root, whoever wrote the list. */
static bool is_below(yf_str name)
{
	yf_str rest = name;
	yf_str piece;

	if (memchr(name.ptr, '\0', name.len))
		return false;
	while (yf_str_next(&rest, '/', &piece))
		if (yf_str_is(piece, ".."))
			return false;
	return true;
}

static yf_err add_picture(struct reading *reading, size_t column, uint32_t *out)
{
	yf_str name;
	const uint32_t before = reading->pictures.count;

	YF_TRY(take(&reading->pairs, column, &name));
	if (!is_below(name))
		return complain(&reading->pairs, reading->pairs.columns[column],
				"is no file name below --root",
				YF_FAIL(SYNTAX));
	YF_TRY(names_add(&reading->pictures, name, out));
	if (*out < before)
		return YF_OK;
	struct yf_bench_picture *picture = &reading->list->pictures[*out];
	picture->name = name;
	picture->group = YF_RATES_NO_GROUP;
	return names_add(&reading->people, person_of(name), &picture->person);
}

static yf_err check_names(const struct reading *reading,
			  const struct yf_bench_trial *trial)
{
	const struct yf_bench_picture *pictures = reading->list->pictures;
	const bool same =
		pictures[trial->a].person == pictures[trial->b].person;

	if (!reading->cross || same == trial->same)
		return YF_OK;
	return complain(&reading->pairs, "same",
			"contradicts the names, by which --cross knows who is "
			"who (the person is what precedes the last _ of the "
			"file's name); name the files so, or leave --cross out",
			YF_FAIL(CONFLICT));
}

static yf_err add_trial(struct reading *reading)
{
	const struct table *table = &reading->pairs;
	struct yf_bench_trial *trial =
		&reading->list->trials[reading->list->trial_count];
	yf_str same, fold;

	YF_TRY(take(table, SAME, &same));
	trial->same = yf_str_is(same, "1");
	if (!trial->same && !yf_str_is(same, "0"))
		return complain(table, "same", "is neither 0 nor 1",
				YF_FAIL(SYNTAX));
	YF_TRY(add_picture(reading, A, &trial->a));
	YF_TRY(add_picture(reading, B, &trial->b));
	YF_TRY(check_names(reading, trial));
	if (table->at[FOLD] != SIZE_MAX) {
		YF_TRY(take(table, FOLD, &fold));
		if (yf_failed(names_add(&reading->folds, fold, &trial->fold)))
			return complain(table, "fold", "over 1000 folds",
					YF_FAIL(TOO_LARGE));
	}
	reading->list->trial_count++;
	return YF_OK;
}

static yf_err read_pairs(struct reading *reading)
{
	struct table *table = &reading->pairs;
	struct yf_bench_list *list = reading->list;
	yf_err err;

	YF_TRY(open_table(table, 3));
	const size_t rows = table->rows_max;
	list->trials = YF_NEW(table->arena, struct yf_bench_trial, rows);
	list->pictures =
		YF_NEW(table->arena, struct yf_bench_picture, 2 * rows);
	if (!list->trials || !list->pictures)
		return YF_FAIL(MEMORY);
	YF_TRY(names_new(table->arena, 2 * rows, &reading->pictures));
	YF_TRY(names_new(table->arena, 2 * rows, &reading->people));
	YF_TRY(names_new(table->arena, YF_BENCH_FOLDS_MAX, &reading->folds));
	while (!yf_failed(err = next_row(table)))
		YF_TRY(add_trial(reading));
	if (err.code != YF_CODE_NOT_FOUND)
		return err;
	if (!list->trial_count)
		return complain(table, NULL, "there are no pairs",
				YF_FAIL(MISSING));
	list->picture_count = reading->pictures.count;
	list->people = reading->people.count;
	list->folds = reading->folds.count;
	return YF_OK;
}

/* --- groups --- */

enum { PERSON, IMAGE, GROUP };

static yf_err set_group(const struct table *table, size_t column,
			struct yf_bench_picture *picture, uint32_t group)
{
	if (picture->group != YF_RATES_NO_GROUP && picture->group != group)
		return complain(table, table->columns[column],
				"is in another group already",
				YF_FAIL(CONFLICT));
	picture->group = (uint8_t)group;
	return YF_OK;
}

static yf_err add_member(struct reading *reading, const struct table *table,
			 struct names *groups, size_t *used)
{
	const size_t column = table->at[IMAGE] != SIZE_MAX ? IMAGE : PERSON;
	struct yf_bench_list *list = reading->list;
	uint32_t member, group;
	yf_str name, text;

	YF_TRY(take(table, column, &name));
	YF_TRY(take(table, GROUP, &text));
	if (text.len > YF_REPORT_NAME_LEN_MAX)
		return complain(table, "group", "is over 64 bytes",
				YF_FAIL(TOO_LARGE));
	if (!names_find(column == IMAGE ? &reading->pictures : &reading->people,
			name, &member))
		return YF_OK; /* lists of a whole collection are fine */
	if (yf_failed(names_add(groups, text, &group)))
		return complain(table, "group", "over 32 groups",
				YF_FAIL(TOO_LARGE));
	list->groups[group] = text;
	++*used;
	if (column == IMAGE)
		return set_group(table, column, &list->pictures[member], group);
	for (size_t i = 0; i < list->picture_count; i++)
		if (list->pictures[i].person == member)
			YF_TRY(set_group(table, column, &list->pictures[i],
					 group));
	return YF_OK;
}

static yf_err read_groups(struct reading *reading, const char *path)
{
	struct table table = { .arena = reading->pairs.arena,
			       .path = path,
			       .columns = { "person", "image", "group" } };
	struct names groups;
	size_t used = 0;
	yf_err err;

	YF_TRY(open_table(&table, 0));
	if (table.at[GROUP] == SIZE_MAX ||
	    (table.at[PERSON] == SIZE_MAX) == (table.at[IMAGE] == SIZE_MAX))
		return complain(&table, NULL,
				"the header must be person,group or "
				"image,group",
				YF_FAIL(MISSING));
	YF_TRY(names_new(table.arena, YF_REPORT_GROUPS_MAX, &groups));
	while (!yf_failed(err = next_row(&table)))
		YF_TRY(add_member(reading, &table, &groups, &used));
	if (err.code != YF_CODE_NOT_FOUND)
		return err;
	if (!used)
		return complain(&table, NULL,
				"names nobody of the list of pairs; people are "
				"what precedes the last _ of a file's name, "
				"images are named as in the list",
				YF_FAIL(NOT_FOUND));
	reading->list->group_count = groups.count;
	return YF_OK;
}

yf_err yf_bench_read(struct yf_arena *arena, const char *pairs,
		     const char *groups, bool cross, struct yf_bench_list *out)
{
	struct reading reading = {
		.pairs = { .arena = arena,
			   .path = pairs,
			   .columns = { "same", "a", "b", "fold" } },
		.list = out,
		.cross = cross,
	};

	*out = (struct yf_bench_list){ 0 };
	YF_TRY(read_pairs(&reading));
	return groups ? read_groups(&reading, groups) : YF_OK;
}
