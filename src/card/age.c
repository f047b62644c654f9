#include "card/age.h"

static struct yf_civil latest(struct yf_civil birth)
{
	if (!birth.month)
		return (struct yf_civil){ birth.year, 12, 31 };
	if (!birth.day)
		birth.day = yf_civil_days_in_month(birth.year, birth.month);
	return birth;
}

bool yf_age_at_least(struct yf_civil birth, int years, struct yf_civil today)
{
	const struct yf_civil born = latest(birth);
	int age = today.year - born.year;

	if (today.month < born.month ||
	    (today.month == born.month && today.day < born.day))
		age--;
	return age >= years;
}
