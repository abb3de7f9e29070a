/* RFC 3339 in both directions; civil-calendar arithmetic on whole days, no time zone database. */
#include "base/moment.h"

enum { MS_PER_DAY = 86400000 };
static const uint64_t latest_ms = 253402300799999; /* 9999-12-31T23:59:59.999Z */

/* Days since 1970-01-01 of a proleptic Gregorian date (March-based years make the leap day the last). */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	unsigned of_era = (unsigned)(year - era * 400);
	unsigned of_year = (153 * (month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
	unsigned day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return era * 146097 + (int64_t)day_of_era - 719468;
}

static void civil_from_days(int64_t days, int *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	days += 719468;
	int64_t era = days / 146097;
	unsigned day_of_era = (unsigned)(days - era * 146097);
	unsigned of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
	unsigned shifted = (5 * of_year + 2) / 153;
	*ret_day = of_year - (153 * shifted + 2) / 5 + 1;
	*ret_month = shifted < 10 ? shifted + 3 : shifted - 9;
	*ret_year = (int)(of_era + era * 400 + (*ret_month <= 2));
}

void moment_print(uint64_t ms, char ret_text[MOMENT_TEXT + 1])
{
	if (ms > latest_ms)
		ms = latest_ms;
	int year;
	unsigned month, day, rest = (unsigned)(ms % MS_PER_DAY);
	civil_from_days((int64_t)(ms / MS_PER_DAY), &year, &month, &day);
	snprintf(ret_text, MOMENT_TEXT + 1, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)year % 10000u, month % 100u,
		 day % 100u, rest / 3600000 % 24, rest / 60000 % 60, rest / 1000 % 60, rest % 1000);
}

/* The two digits at `at` as a number; *good turns false where they are none. */
static inline unsigned two_digits(const uint8_t *at, bool *good)
{
	unsigned high = at[0] - (unsigned)'0', low = at[1] - (unsigned)'0';
	*good &= high <= 9 && low <= 9;
	return high * 10 + low;
}

/* Letters may be small. */
static inline bool is_octet(uint8_t octet, char c)
{
	return octet == (uint8_t)c || (c >= 'A' && octet == (uint8_t)(c + 32));
}

static bool octet(struct slice *s, char c)
{
	if (!s->len || !is_octet(s->data[0], c))
		return false;
	*s = slice_skip(*s, 1);
	return true;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (month != 2 || year % 4)
		return days[month - 1];
	return year % 100 == 0 && year % 400 ? 28 : 29;
}

static bool fraction(struct slice *s, unsigned *ret_ms)
{
	unsigned weight = 100, ms = 0, count = 0;
	*ret_ms = 0;
	if (!octet(s, '.'))
		return true;
	for (; s->len && s->data[0] >= '0' && s->data[0] <= '9'; *s = slice_skip(*s, 1), count++, weight /= 10)
		ms += (unsigned)(s->data[0] - '0') * weight;
	*ret_ms = ms;
	return count > 0;
}

static bool offset(struct slice *s, int64_t *ret_minutes)
{
	*ret_minutes = 0;
	if (octet(s, 'Z'))
		return true;
	if (s->len < 6) /* +00:00 */
		return false;
	const uint8_t *d = s->data;
	bool good = (d[0] == '+' || d[0] == '-') && d[3] == ':';
	unsigned hours = two_digits(d + 1, &good), minutes = two_digits(d + 4, &good);
	*ret_minutes = (int64_t)(hours * 60 + minutes) * (d[0] == '+' ? 1 : -1);
	*s = slice_skip(*s, 6);
	return good && hours <= 23 && minutes <= 59;
}

enum err moment_parse(struct slice s, uint64_t *ret_ms)
{
	enum { TO_SECONDS = 19 }; /* 0000-00-00T00:00:00 */
	if (s.len < TO_SECONDS)
		return ERR_MALFORMED;
	const uint8_t *d = s.data;
	bool good = d[4] == '-' && d[7] == '-' && is_octet(d[10], 'T') && d[13] == ':' && d[16] == ':';
	unsigned year = two_digits(d, &good) * 100 + two_digits(d + 2, &good), month = two_digits(d + 5, &good),
		 day = two_digits(d + 8, &good), hour = two_digits(d + 11, &good), minute = two_digits(d + 14, &good),
		 second = two_digits(d + 17, &good), ms;
	int64_t minutes;
	s = slice_skip(s, TO_SECONDS);
	if (!good || !fraction(&s, &ms) || !offset(&s, &minutes) || s.len)
		return ERR_MALFORMED;
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 || second > 60)
		return ERR_MALFORMED;
	if (second == 60)
		second = 59;
	int64_t total = (days_from_civil(year, month, day) * 1440 + (int64_t)(hour * 60 + minute) - minutes) * 60000 +
			(int64_t)(second * 1000 + ms);
	if (total < 0)
		return ERR_MALFORMED;
	*ret_ms = (uint64_t)total;
	return ERR_OK;
}

void moment_print_micro(uint64_t us, char ret_text[MOMENT_TEXT_MICRO + 1])
{
	char text[MOMENT_TEXT + 1];
	moment_print(us / 1000, text);
	snprintf(ret_text, MOMENT_TEXT_MICRO + 1, "%.23s%03uZ", text, us / 1000 > latest_ms ? 999 : (unsigned)(us % 1000));
}

/* The decimals of a moment that was read. */
static struct slice decimals(struct slice text)
{
	ptrdiff_t point = slice_find_octet(text, '.');
	if (point < 0)
		return (struct slice){NULL, 0};
	struct slice rest = slice_skip(text, (size_t)point + 1);
	size_t len = 0;
	while (len < rest.len && rest.data[len] >= '0' && rest.data[len] <= '9')
		len++;
	return slice_take(rest, len);
}

enum err moment_parse_micro(struct slice text, uint64_t *ret_us)
{
	uint64_t ms = 0, micro = 0;
	TRY(moment_parse(text, &ms));
	struct slice digits_of = decimals(text);
	for (size_t i = 3; i < 6; i++)
		micro = micro * 10 + (i < digits_of.len ? (uint64_t)(digits_of.data[i] - '0') : 0);
	*ret_us = ms * 1000 + micro;
	return ERR_OK;
}

static struct slice without_zeros(struct slice digits_of)
{
	while (digits_of.len && digits_of.data[digits_of.len - 1] == '0')
		digits_of.len--;
	return digits_of;
}

bool moment_is_same(struct slice a, struct slice b)
{
	uint64_t first = 0, second = 0;
	return moment_parse(a, &first) == ERR_OK && moment_parse(b, &second) == ERR_OK && first == second &&
	       slice_equal(without_zeros(decimals(a)), without_zeros(decimals(b)));
}
