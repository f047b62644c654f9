#include "credential/claim_path.h"

static yf_err parse_step(const struct yf_json *piece, struct yf_claim_step *out)
{
	switch (piece->kind) {
	case YF_JSON_STRING:
		*out = (struct yf_claim_step){ .kind = YF_CLAIM_MEMBER,
					       .name = piece->string };
		return YF_OK;
	case YF_JSON_INT:
		if (piece->integer < 0)
			return YF_FAIL(SYNTAX);
		*out = (struct yf_claim_step){ .kind = YF_CLAIM_ELEMENT,
					       .index =
						       (size_t)piece->integer };
		return YF_OK;
	case YF_JSON_NULL:
		*out = (struct yf_claim_step){ .kind = YF_CLAIM_ALL };
		return YF_OK;
	case YF_JSON_BOOL:
	case YF_JSON_REAL:
	case YF_JSON_ARRAY:
	case YF_JSON_OBJECT:
		break;
	}
	return YF_FAIL(SYNTAX);
}

yf_err yf_claim_path_parse(struct yf_arena *arena, const struct yf_json *array,
			   struct yf_claim_path *out)
{
	if (!array || array->kind != YF_JSON_ARRAY || !array->count)
		return YF_FAIL(SYNTAX);
	if (array->count > YF_CLAIM_PATH_MAX)
		return YF_FAIL(TOO_DEEP);
	struct yf_claim_step *steps =
		YF_NEW(arena, struct yf_claim_step, array->count);
	if (!steps)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < array->count; i++)
		YF_TRY(parse_step(&array->items[i], &steps[i]));
	*out = (struct yf_claim_path){ steps, array->count };
	return YF_OK;
}

static yf_err step_of(yf_str piece, struct yf_claim_step *out)
{
	int64_t index;

	*out = (struct yf_claim_step){ .kind = YF_CLAIM_MEMBER, .name = piece };
	if (!piece.len)
		return YF_FAIL(SYNTAX);
	if (yf_str_is(piece, "*")) {
		out->kind = YF_CLAIM_ALL;
	} else if (piece.ptr[0] == '#') {
		if (!yf_str_to_int(yf_str_skip(piece, 1), &index) || index < 0)
			return YF_FAIL(SYNTAX);
		out->kind = YF_CLAIM_ELEMENT;
		out->index = (size_t)index;
	}
	return YF_OK;
}

yf_err yf_claim_path_of(struct yf_arena *arena, const char *text,
			struct yf_claim_path *out)
{
	yf_str rest = yf_str_of(text);
	yf_str piece;
	const size_t count = yf_str_count(rest, '.') + 1;
	size_t i = 0;

	if (count > YF_CLAIM_PATH_MAX)
		return YF_FAIL(TOO_DEEP);
	struct yf_claim_step *steps =
		YF_NEW(arena, struct yf_claim_step, count);
	if (!steps)
		return YF_FAIL(MEMORY);
	while (yf_str_next(&rest, '.', &piece))
		YF_TRY(step_of(piece, &steps[i++]));
	*out = (struct yf_claim_path){ steps, count };
	return YF_OK;
}

void yf_claim_path_put(struct yf_json_out *out, const char *name,
		       const struct yf_claim_path *path)
{
	yf_json_out_array(out, name);
	for (size_t i = 0; i < path->count; i++) {
		const struct yf_claim_step *step = &path->steps[i];
		switch (step->kind) {
		case YF_CLAIM_MEMBER:
			yf_json_out_str(out, NULL, step->name);
			break;
		case YF_CLAIM_ELEMENT:
			yf_json_out_int(out, NULL, (int64_t)step->index);
			break;
		case YF_CLAIM_ALL:
			yf_json_out_null(out, NULL);
			break;
		}
	}
	yf_json_out_close(out);
}

struct selection {
	const struct yf_json **values;
	size_t count;
	size_t room;
};

static yf_err select_one(struct yf_arena *arena, struct selection *to,
			 const struct yf_json *value)
{
	if (to->count == to->room) {
		const size_t room = to->room ? to->room * 2 : 4;
		const struct yf_json **grown =
			YF_NEW(arena, const struct yf_json *, room);
		if (!grown)
			return YF_FAIL(MEMORY);
		if (to->count)
			memcpy(grown, to->values, to->count * sizeof(void *));
		to->values = grown;
		to->room = room;
	}
	to->values[to->count++] = value;
	return YF_OK;
}

/* What one step selects from one value. */
static yf_err take(struct yf_arena *arena, const struct yf_json *from,
		   const struct yf_claim_step *step, struct selection *to)
{
	const struct yf_json *member;

	/* "If any of the currently selected element(s) is not an object [or
	 * array], abort processing and return an error." */
	if (from->kind !=
	    (step->kind == YF_CLAIM_MEMBER ? YF_JSON_OBJECT : YF_JSON_ARRAY))
		return YF_FAIL(SYNTAX);
	switch (step->kind) {
	case YF_CLAIM_MEMBER:
		member = yf_json_get_str(from, step->name);
		return member ? select_one(arena, to, member) : YF_OK;
	case YF_CLAIM_ELEMENT:
		return step->index < from->count
			       ? select_one(arena, to,
					    &from->items[step->index])
			       : YF_OK;
	case YF_CLAIM_ALL:
		for (size_t i = 0; i < from->count; i++)
			YF_TRY(select_one(arena, to, &from->items[i]));
		break;
	}
	return YF_OK;
}

yf_err yf_claim_path_select(struct yf_arena *arena,
			    const struct yf_json *claims,
			    const struct yf_claim_path *path,
			    const struct yf_json *const **values, size_t *count)
{
	struct selection at = { 0 };

	YF_TRY(select_one(arena, &at, claims));
	for (size_t i = 0; i < path->count; i++) {
		struct selection next = { 0 };
		for (size_t j = 0; j < at.count; j++)
			YF_TRY(take(arena, at.values[j], &path->steps[i],
				    &next));
		if (!next.count)
			return YF_FAIL(NOT_FOUND);
		at = next;
	}
	*values = at.values;
	*count = at.count;
	return YF_OK;
}
