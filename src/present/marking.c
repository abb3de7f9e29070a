/* Labels in answers, see marking.h. Must never show content without a marking. */
#include "present/marking.h"

#include "present/write.h"

enum { LABELS_MAX = LIMIT_PORTIONS };

static const struct slice unknown = {(const uint8_t *)"UNKNOWN LABEL", 13};

static void write_line(struct buf *json, const char *key, const struct label *label, struct slice location)
{
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	if (label)
		label_mark(label, location, SLICE(""), &text);
	write_member(json, key, label && text.err == ERR_OK && text.len > 0 ? buf_slice(&text) : unknown);
}

static void write_color(struct buf *json, const struct label *label)
{
	struct slice color = label ? label_color(label) : (struct slice){NULL, 0};
	if (color.len > 0)
		write_member(json, "color", color);
}

static const struct label *read_label(struct request *request, struct slice text)
{
	const struct label *label = NULL;
	return label_parse_compact(request->site->policies, text, &request->arena, &label, NULL) == ERR_OK ? label
													   : NULL;
}

void write_portion_marking(struct request *request, struct buf *json, struct slice text)
{
	const struct label *label = read_label(request, text);
	write_line(json, "marking", label, SLICE("pageTopBottom"));
	write_line(json, "mark", label, SLICE("portionMarking"));
	write_color(json, label);
}

void write_mark(struct request *request, struct buf *json, struct slice text)
{
	write_line(json, "mark", read_label(request, text), SLICE("portionMarking"));
}

void write_line_marking(struct request *request, struct buf *json, struct slice line)
{
	const struct label *label = NULL;
	write_member(json, "marking", line);
	if (label_parse_marking(request->site->policies, line, &request->arena, &label, NULL) != ERR_OK)
		return;
	write_line(json, "mark", label, SLICE("portionMarking"));
	write_member_number(json, "level", label_hierarchy(label));
	write_color(json, label);
}

/* The label whose colour stands for all: of the highest hierarchy. */
static const struct label *highest(const struct label *const *labels, size_t count)
{
	const struct label *best = labels[0];
	for (size_t i = 1; i < count; i++)
		if (label_hierarchy(labels[i]) > label_hierarchy(best))
			best = labels[i];
	return best;
}

static void write_aggregate(struct request *request, struct buf *json, const struct label *const *labels, size_t count)
{
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	const struct label *top = highest(labels, count);
	enum err err = ERR_OK;
	if (count == 1)
		label_mark(top, SLICE("pageTopBottom"), SLICE(""), &text);
	else
		err = label_mark_aggregate(request->site->policies, labels, count, SLICE(""), &text);
	write_member(json, "marking", err == ERR_OK && text.err == ERR_OK && text.len > 0 ? buf_slice(&text) : unknown);
	write_member_number(json, "level", label_hierarchy(top));
	write_color(json, top);
}

/* Reads each distinct line once. */
static bool read_labels(struct request *request, struct slice lines, const struct label **labels, size_t *ret_count)
{
	struct slice *seen = ARENA_ARRAY(&request->arena, LABELS_MAX, struct slice);
	size_t count = 0;
	while (lines.len > 0) {
		struct slice line;
		size_t i = 0;
		lines = slice_split(lines, '\n', &line);
		while (seen && i < count && !slice_equal(seen[i], line))
			i++;
		if (line.len == 0 || (seen && i < count))
			continue;
		if (!seen || count == LABELS_MAX || !(labels[count] = read_label(request, line)))
			return false;
		seen[count++] = line;
	}
	*ret_count = count;
	return true;
}

void write_marking(struct request *request, struct buf *json, struct slice lines)
{
	const struct label **labels = ARENA_ARRAY(&request->arena, LABELS_MAX, const struct label *);
	size_t count = 0;
	if (!labels || !read_labels(request, lines, labels, &count))
		write_member(json, "marking", unknown);
	else if (count > 0)
		write_aggregate(request, json, labels, count);
}
