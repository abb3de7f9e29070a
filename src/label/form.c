/* The tables that describe the compiled form: what each word of a row refers to. Checked data only ever comes in
 * through these; a row type that is not listed here must not be added to the form. */
#include "label/form.h"

const uint32_t form_row_size[SECTION_COUNT] = {
	[SECTION_TEXT] = 1,
	[SECTION_HEAD] = sizeof(struct head_row),
	[SECTION_CLASS] = sizeof(struct class_row),
	[SECTION_SET] = sizeof(struct set_row),
	[SECTION_TAG] = sizeof(struct tag_row),
	[SECTION_VALUE] = sizeof(struct value_row),
	[SECTION_ENTRY] = sizeof(struct entry_row),
	[SECTION_REQUIREMENT] = sizeof(struct requirement_row),
	[SECTION_GROUP] = sizeof(struct group_row),
	[SECTION_REF] = sizeof(uint32_t),
	[SECTION_MARKING] = sizeof(struct marking_row),
	[SECTION_QUALIFIER] = sizeof(struct qualifier_row),
	[SECTION_PRIVACY] = sizeof(struct privacy_row),
	[SECTION_PEER] = sizeof(struct peer_row),
	[SECTION_EQUIVALENT] = sizeof(struct equivalent_row),
	[SECTION_NEED] = sizeof(struct need_row),
	[SECTION_IMPLIED] = sizeof(struct implied_row),
};

#define TEXT(section, type, member) {section, offsetof(struct type, member), USE_TEXT, SECTION_TEXT}
#define SPAN(section, type, member, target) {section, offsetof(struct type, member), USE_SPAN, target}
#define INDEX(section, type, member, target) {section, offsetof(struct type, member), USE_INDEX, target}
#define OPTIONAL(section, type, member, target) {section, offsetof(struct type, member), USE_INDEX_OR_NONE, target}
#define BELOW(section, type, member, bound) {section, offsetof(struct type, member), USE_BELOW, bound}

const struct form_field form_fields[] = {
	TEXT(SECTION_HEAD, head_row, name),
	TEXT(SECTION_HEAD, head_row, oid),
	TEXT(SECTION_HEAD, head_row, version),
	SPAN(SECTION_HEAD, head_row, markings, SECTION_MARKING),
	SPAN(SECTION_HEAD, head_row, qualifiers, SECTION_QUALIFIER),
	TEXT(SECTION_CLASS, class_row, name),
	TEXT(SECTION_CLASS, class_row, color),
	SPAN(SECTION_CLASS, class_row, markings, SECTION_MARKING),
	SPAN(SECTION_CLASS, class_row, qualifiers, SECTION_QUALIFIER),
	SPAN(SECTION_CLASS, class_row, requirements, SECTION_REQUIREMENT),
	SPAN(SECTION_CLASS, class_row, equivalents, SECTION_EQUIVALENT),
	TEXT(SECTION_SET, set_row, name),
	TEXT(SECTION_SET, set_row, oid),
	SPAN(SECTION_SET, set_row, tags, SECTION_TAG),
	SPAN(SECTION_SET, set_row, equivalents, SECTION_EQUIVALENT),
	TEXT(SECTION_TAG, tag_row, name),
	INDEX(SECTION_TAG, tag_row, set, SECTION_SET),
	BELOW(SECTION_TAG, tag_row, type, TAG_TYPES),
	SPAN(SECTION_TAG, tag_row, entries, SECTION_ENTRY),
	SPAN(SECTION_TAG, tag_row, values, SECTION_VALUE),
	SPAN(SECTION_TAG, tag_row, qualifiers, SECTION_QUALIFIER),
	TEXT(SECTION_VALUE, value_row, name),
	INDEX(SECTION_VALUE, value_row, tag, SECTION_TAG),
	INDEX(SECTION_VALUE, value_row, first_entry, SECTION_ENTRY),
	TEXT(SECTION_ENTRY, entry_row, name),
	INDEX(SECTION_ENTRY, entry_row, value, SECTION_VALUE),
	OPTIONAL(SECTION_ENTRY, entry_row, next, SECTION_ENTRY),
	SPAN(SECTION_ENTRY, entry_row, markings, SECTION_MARKING),
	SPAN(SECTION_ENTRY, entry_row, qualifiers, SECTION_QUALIFIER),
	SPAN(SECTION_ENTRY, entry_row, requirements, SECTION_REQUIREMENT),
	SPAN(SECTION_ENTRY, entry_row, equivalents, SECTION_EQUIVALENT),
	SPAN(SECTION_ENTRY, entry_row, excluded, SECTION_REF),
	BELOW(SECTION_REQUIREMENT, requirement_row, operation, REQUIRE_OPERATIONS),
	SPAN(SECTION_REQUIREMENT, requirement_row, groups, SECTION_GROUP),
	SPAN(SECTION_GROUP, group_row, refs, SECTION_REF),
	{SECTION_REF, 0, USE_INDEX, SECTION_VALUE},
	TEXT(SECTION_MARKING, marking_row, phrase),
	TEXT(SECTION_MARKING, marking_row, lang),
	TEXT(SECTION_QUALIFIER, qualifier_row, text),
	TEXT(SECTION_QUALIFIER, qualifier_row, lang),
	BELOW(SECTION_QUALIFIER, qualifier_row, kind, QUALIFIER_KINDS),
	TEXT(SECTION_PRIVACY, privacy_row, name),
	SPAN(SECTION_PRIVACY, privacy_row, markings, SECTION_MARKING),
	TEXT(SECTION_PEER, peer_row, name),
	TEXT(SECTION_PEER, peer_row, oid),
	SPAN(SECTION_PEER, peer_row, needs, SECTION_NEED),
	TEXT(SECTION_EQUIVALENT, equivalent_row, policy),
	TEXT(SECTION_EQUIVALENT, equivalent_row, set),
	BELOW(SECTION_EQUIVALENT, equivalent_row, type, TAG_TYPES),
	SPAN(SECTION_EQUIVALENT, equivalent_row, needs, SECTION_NEED),
	TEXT(SECTION_NEED, need_row, set),
	BELOW(SECTION_NEED, need_row, type, TAG_TYPES),
	BELOW(SECTION_NEED, need_row, operation, REQUIRE_OPERATIONS),
	INDEX(SECTION_IMPLIED, implied_row, value, SECTION_VALUE),
	TEXT(SECTION_IMPLIED, implied_row, unless),
	SPAN(SECTION_IMPLIED, implied_row, when, SECTION_REF),
};

const size_t form_field_count = sizeof(form_fields) / sizeof(form_fields[0]);

uint32_t marking_code(struct slice name)
{
	static const struct {
		struct slice name;
		uint32_t bit;
	} codes[] = {
		{SLICE_INIT("pageTop"), CODE_PAGE_TOP},
		{SLICE_INIT("pageBottom"), CODE_PAGE_BOTTOM},
		{SLICE_INIT("pageTopBottom"), CODE_PAGE_TOP_BOTTOM},
		{SLICE_INIT("documentStart"), CODE_DOCUMENT_START},
		{SLICE_INIT("documentEnd"), CODE_DOCUMENT_END},
		{SLICE_INIT("firstLineOfText"), CODE_FIRST_LINE},
		{SLICE_INIT("lastLineOfText"), CODE_LAST_LINE},
		{SLICE_INIT("subject"), CODE_SUBJECT},
		{SLICE_INIT("xHeader"), CODE_X_HEADER},
		{SLICE_INIT("portionMarking"), CODE_PORTION},
		{SLICE_INIT("inputTitle"), CODE_INPUT_TITLE},
		{SLICE_INIT("waterMark"), CODE_WATER_MARK},
		{SLICE_INIT("noNameDisplay"), CODE_NO_NAME},
		{SLICE_INIT("noMarkingDisplay"), CODE_NO_MARKING},
		{SLICE_INIT("suppressClassName"), CODE_SUPPRESS_CLASS},
		{SLICE_INIT("replacePolicy"), CODE_REPLACE_POLICY},
	};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (slice_equal(name, codes[i].name))
			return codes[i].bit;
	return 0;
}
