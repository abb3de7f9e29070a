/* Reading XML-SPIF 2.0, 2.1 and 3.0: a table of elements, each with the parents it may stand in and a function that
 * turns it into a row. Elements of other namespaces are passed over; an unknown element of the SPIF namespace is a
 * warning, a broken value an error. Nothing is guessed: what cannot be enforced is not loaded. */
#include "label/spif.h"

static const struct slice spif_uri = {(const uint8_t *)"http://www.xmlspif.org/spif", 27};
static const struct slice rules_uri = {(const uint8_t *)"urn:openbices:spif:marking:1", 28};
static const struct slice xml_lang_uri = {(const uint8_t *)"http://www.w3.org/XML/1998/namespace", 36};

/* Takes row i into a span. What a span holds must stand together in the document. */
static void extend(struct spif *s, struct form_span *span, uint32_t i)
{
	if (span->count == 0)
		span->first = i;
	if (span->first + span->count++ != i)
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "the %.*s elements of one parent must stand together",
			     SLICE_ARG(slice_take(s->xml.name, 64)));
}

/* While an element is read, it is not yet among the open ones. */
static enum spif_element parent(const struct spif *s)
{
	return s->open[s->depth];
}

static enum spif_element grandparent(const struct spif *s)
{
	return s->open[s->depth - 1];
}

/* Index of the row that was opened last in a section: the element that encloses the current one. */
static uint32_t last(const struct spif *s, enum section section)
{
	return spif_count(s, section) - 1;
}

/* ---- one function per element ---- */

/* What schema 1 and 2 require of the root. Nothing of it is used here. */
static void check_root(struct spif *s)
{
	static const char *const required[] = {"originatorDN", "keyIdentifier", "privilegeId", "rbacId"};
	char missing[96] = "";
	size_t len = 0;
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (!xml_attribute(&s->xml, required[i]))
			len += (size_t)snprintf(missing + len, sizeof(missing) - len, "%s%s", len ? ", " : "",
						required[i]);
	if (len && !s->schema_3)
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "the schema requires %s", missing);
}

static void read_root(struct spif *s)
{
	struct slice schema = spif_token(s, "schemaVersion"), version = spif_token(s, "version");
	if (!slice_has_prefix(schema, SLICE("1.")) && !slice_has_prefix(schema, SLICE("2.")) &&
	    !slice_has_prefix(schema, SLICE("3.")))
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "schemaVersion '%.*s' is read like 2.1",
			     SLICE_ARG(slice_take(schema, 32)));
	s->schema_3 = slice_has_prefix(schema, SLICE("3."));
	check_root(s);
	uint64_t created;
	if (!spif_moment_of(spif_token(s, "creationDate"), &created))
		spif_finding(s, FINDING_WARNING, SPIF_HERE,
			     "creationDate is not a GeneralizedTime such as 20240131120000Z");
	s->head.version = spif_text(s, version.len ? version : SLICE("1"));
	s->head.not_before = spif_moment(s, "notBefore");
	s->head.not_after = spif_moment(s, "notAfter");
}

static void read_policy_id(struct spif *s)
{
	if (s->has_policy)
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "securityPolicyId stands twice");
	s->has_policy = true;
	struct slice name = spif_name(s, "name"), oid = spif_oid(s, "id");
	s->head.name = spif_text(s, name);
	s->head.oid = spif_text(s, oid);
	/* spec: ADatP-4774: values of the NATO and the PUBLIC policy are compared without regard to case */
	s->head.fold_case = slice_equal(name, SLICE("NATO")) || slice_equal(name, SLICE("PUBLIC"));
}

/* Versions of the schema are read alike; what belongs to another than the root says is reported. */
static void only_schema_3(struct spif *s, const char *name)
{
	if (!s->schema_3 && xml_attribute(&s->xml, name))
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "attribute %s belongs to schema 3.0; read all the same",
			     name);
}

static void read_class(struct spif *s)
{
	struct slice name = spif_name(s, "name"), color = spif_token(s, "color");
	uint32_t i = spif_add(s, SECTION_CLASS);
	if (i == FORM_NONE)
		return;
	if (i == FORM_CLASSES)
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "more than %d classifications", FORM_CLASSES);
	only_schema_3(s, "bgcolor");
	only_schema_3(s, "fgcolor");
	if (color.len == 0)
		color = spif_token(s, "bgcolor");
	struct slice value = color_value(color);
	if (color.len && !value.len)
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "unknown color '%.*s'", SLICE_ARG(slice_take(color, 32)));
	struct form_text name_at = spif_text(s, name), color_at = spif_text(s, value);
	struct class_row *row = spif_row(s, SECTION_CLASS, i);
	row->name = name_at;
	row->color = color_at;
	row->lacv = spif_number(s, "lacv", true);
	row->hierarchy = spif_number(s, "hierarchy", true);
	row->flags = spif_flag(s, "obsolete") ? ROW_OBSOLETE : 0;
}

static void read_set(struct spif *s)
{
	struct slice name = spif_name(s, "name"), oid = spif_oid(s, "id");
	uint32_t i = spif_add(s, SECTION_SET);
	if (i == FORM_NONE)
		return;
	struct form_text name_at = spif_text(s, name), oid_at = spif_text(s, oid);
	struct set_row *row = spif_row(s, SECTION_SET, i);
	row->name = name_at;
	row->oid = oid_at;
	row->tags.first = spif_count(s, SECTION_TAG);
}

static void read_tag(struct spif *s)
{
	enum tag_type type = TAG_NOT_APPLICABLE;
	if (!spif_tag_type(s, &type))
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "tagType '%.*s' with enumType '%.*s' means nothing",
			     SLICE_ARG(slice_take(spif_token(s, "tagType"), 32)),
			     SLICE_ARG(slice_take(spif_token(s, "enumType"), 32)));
	uint32_t i = spif_add(s, SECTION_TAG), set = last(s, SECTION_SET);
	if (i == FORM_NONE)
		return;
	struct form_text name = spif_text(s, slice_take(spif_token(s, "name"), SPIF_NAME));
	struct tag_row *row = spif_row(s, SECTION_TAG, i);
	row->name = name;
	row->set = set;
	row->type = type;
	row->min = spif_number(s, "minSelection", false);
	row->max = spif_flag(s, "singleSelection") ? 1 : spif_number(s, "maxSelection", false);
	row->entries.first = spif_count(s, SECTION_ENTRY);
	((struct set_row *)spif_row(s, SECTION_SET, set))->tags.count++;
}

static void refer_to_class(struct spif *s, struct slice class, bool required)
{
	struct spif_class_ref *ref = ARENA_NEW(s->arena, struct spif_class_ref);
	if (!ref) {
		s->err = ERR_MEMORY;
		return;
	}
	*ref = (struct spif_class_ref){
		.class = class, .entry = last(s, SECTION_ENTRY), .required = required, .at = s->xml.event_at};
	*s->class_refs_end = ref;
	s->class_refs_end = &ref->next;
}

static void read_category(struct spif *s)
{
	struct slice name = spif_name(s, "name"), class = spif_token(s, "requiredClass");
	uint32_t i = spif_add(s, SECTION_ENTRY);
	if (i == FORM_NONE)
		return;
	struct form_text at = spif_text(s, name);
	struct entry_row *row = spif_row(s, SECTION_ENTRY, i);
	row->name = at;
	row->value = row->next = FORM_NONE;
	row->lacv = spif_number(s, "lacv", true);
	row->classes = FORM_NONE;
	if (spif_token(s, "userInput").len)
		spif_finding(s, FINDING_WARNING, SPIF_HERE,
			     "userInput: no other value than the name itself is accepted");
	row->flags =
		(spif_flag(s, "obsolete") ? ROW_OBSOLETE : 0) | (spif_token(s, "userInput").len ? ROW_USER_INPUT : 0);
	row->not_before = spif_moment(s, "notBefore");
	row->not_after = spif_moment(s, "notAfter");
	((struct tag_row *)spif_row(s, SECTION_TAG, last(s, SECTION_TAG)))->entries.count++;
	if (class.len)
		refer_to_class(s, class, true);
}

static void read_privacy_marks(struct spif *s)
{
	s->head.privacy_min = spif_number(s, "minSelection", false);
	s->head.privacy_max = spif_number(s, "maxSelection", false);
}

static void read_privacy_mark(struct spif *s)
{
	struct slice name = spif_name(s, "name");
	uint32_t i = spif_add(s, SECTION_PRIVACY);
	if (i == FORM_NONE)
		return;
	struct form_text at = spif_text(s, name);
	struct privacy_row *row = spif_row(s, SECTION_PRIVACY, i);
	row->name = at;
	row->flags = spif_flag(s, "obsolete") ? ROW_OBSOLETE : 0;
}

/* Where the markings or qualifiers of an element are kept. The table of elements lets a tag have no markings of its own, a
 * privacy mark no qualifiers, and nothing else but the root either. */
static struct form_span *span_of(struct spif *s, enum spif_element owner, bool qualifiers)
{
	if (owner == SPIF_CLASS) {
		struct class_row *row = spif_row(s, SECTION_CLASS, last(s, SECTION_CLASS));
		return qualifiers ? &row->qualifiers : &row->markings;
	}
	if (owner == SPIF_CATEGORY) {
		struct entry_row *row = spif_row(s, SECTION_ENTRY, last(s, SECTION_ENTRY));
		return qualifiers ? &row->qualifiers : &row->markings;
	}
	if (owner == SPIF_TAG)
		return &((struct tag_row *)spif_row(s, SECTION_TAG, last(s, SECTION_TAG)))->qualifiers;
	if (owner == SPIF_PRIVACY_MARK)
		return &((struct privacy_row *)spif_row(s, SECTION_PRIVACY, last(s, SECTION_PRIVACY)))->markings;
	return qualifiers ? &s->head.qualifiers : &s->head.markings;
}

static struct slice language(struct spif *s)
{
	const struct xml_attribute *a = xml_attribute_in(&s->xml, xml_lang_uri, "lang");
	return a ? slice_take(a->value, 35) : slice_of(NULL, 0);
}

static void add_marking(struct spif *s, const struct xml_attribute *phrase, uint32_t codes)
{
	struct slice token = slice_of(NULL, 0);
	if (phrase && xml_collapse(phrase->value, s->arena, &token) != ERR_OK)
		s->err = ERR_MEMORY;
	uint32_t i = spif_add(s, SECTION_MARKING);
	if (i == FORM_NONE)
		return;
	extend(s, span_of(s, parent(s), false), i);
	struct form_text phrase_at = spif_text(s, token), lang_at = spif_text(s, language(s));
	struct marking_row *row = spif_row(s, SECTION_MARKING, i);
	*row = (struct marking_row){.phrase = phrase_at, .lang = lang_at, .codes = codes, .has_phrase = phrase != NULL};
}

/* Schema 2: phrase, with code elements to follow. Schema 3: one attribute per use. */
static void read_marking(struct spif *s)
{
	const struct xml_attribute *simple = xml_attribute(&s->xml, "simplePhrase"),
				   *brief = xml_attribute(&s->xml, "shortPhrase");
	const struct xml_attribute *input = xml_attribute(&s->xml, "inputPhrase");
	only_schema_3(s, "simplePhrase");
	only_schema_3(s, "shortPhrase");
	only_schema_3(s, "inputPhrase");
	if (simple && xml_attribute(&s->xml, "phrase"))
		spif_finding(s, FINDING_WARNING, SPIF_HERE,
			     "phrase and simplePhrase both stand here; simplePhrase counts");
	if (brief)
		add_marking(s, brief, CODE_PORTION);
	if (input)
		add_marking(s, input, CODE_INPUT_TITLE);
	if (simple || (!brief && !input))
		add_marking(s, simple ? simple : xml_attribute(&s->xml, "phrase"), 0);
}

static enum err read_code(struct spif *s)
{
	struct slice text, code;
	TRY(xml_text(&s->xml, &text));
	TRY(xml_collapse(text, s->arena, &code));
	uint32_t bit = marking_code(code);
	if (s->schema_3)
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "element code belongs to schema 2; read all the same");
	if (!bit)
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "unknown marking code '%.*s'",
			     SLICE_ARG(slice_take(code, 32)));
	((struct marking_row *)spif_row(s, SECTION_MARKING, last(s, SECTION_MARKING)))->codes |= bit;
	return ERR_OK;
}

static void read_qualifiers(struct spif *s)
{
	struct slice code = spif_token(s, "markingCode");
	s->qualifier_codes = code.len ? marking_code(code) : 0;
	if (code.len && !s->qualifier_codes)
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "unknown marking code '%.*s'",
			     SLICE_ARG(slice_take(code, 32)));
}

static void read_qualifier(struct spif *s)
{
	static const char *const kinds[QUALIFIER_KINDS] = {"prefix", "suffix", "separator", "finalSeparator"};
	struct slice kind = spif_token(s, "qualifierCode");
	uint32_t k = 0;
	while (k < QUALIFIER_KINDS && !slice_equal(kind, slice_text(kinds[k])))
		k++;
	if (k == QUALIFIER_KINDS) {
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "unknown qualifierCode '%.*s'",
			     SLICE_ARG(slice_take(kind, 32)));
		return;
	}
	if (k == QUALIFIER_FINAL_SEPARATOR && !s->schema_3)
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "finalSeparator belongs to schema 3.0; read all the same");
	uint32_t i = spif_add(s, SECTION_QUALIFIER);
	if (i == FORM_NONE)
		return;
	extend(s, span_of(s, grandparent(s), true), i);
	struct form_text text = spif_text(s, slice_take(spif_attribute(s, "markingQualifier"), SPIF_NAME)),
			 lang = spif_text(s, language(s));
	struct qualifier_row *row = spif_row(s, SECTION_QUALIFIER, i);
	*row = (struct qualifier_row){.text = text, .lang = lang, .kind = k, .codes = s->qualifier_codes};
}

static enum err read_excluded_class(struct spif *s)
{
	struct slice text, class;
	TRY(xml_text(&s->xml, &text));
	TRY(xml_collapse(text, s->arena, &class));
	refer_to_class(s, class, false);
	return ERR_OK;
}

/* Remembers a reference to categories for spif_resolve(). */
static void refer(struct spif *s, struct spif_refs *refs, uint32_t owner)
{
	struct spif_ref *ref = ARENA_NEW(s->arena, struct spif_ref);
	if (!ref) {
		s->err = ERR_MEMORY;
		return;
	}
	ref->set = spif_token(s, "tagSetRef");
	if (ref->set.len == 0)
		ref->set = spif_token(s, "tagSetId");
	ref->has_type = spif_tag_type(s, &ref->type);
	ref->has_lacv = spif_token(s, "lacv").len > 0;
	ref->lacv = spif_number(s, "lacv", false);
	ref->owner = owner;
	ref->at = s->xml.event_at;
	*refs->end = ref;
	refs->end = &ref->next;
	if (s->reference_count++ == SPIF_MOST_REFERENCES)
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "more than %d references to categories",
			     SPIF_MOST_REFERENCES);
}

static void read_required(struct spif *s)
{
	static const char *const operations[REQUIRE_OPERATIONS] = {"onlyOne", "oneOrMore", "all"};
	struct slice operation = spif_token(s, "operation");
	uint32_t o = 0;
	while (o < REQUIRE_OPERATIONS && !slice_equal(operation, slice_text(operations[o])))
		o++;
	if (o == REQUIRE_OPERATIONS)
		spif_finding(s, FINDING_ERROR, SPIF_HERE,
			     "requiredCategory needs an operation: onlyOne, oneOrMore or all");
	if (parent(s) == SPIF_PEER || parent(s) == SPIF_EQUIVALENT_CLASS) {
		s->need_operation = o < REQUIRE_OPERATIONS ? o : REQUIRE_ALL; /* its groups are the other policy's */
		s->need_requirement++;
		return;
	}
	uint32_t i = spif_add(s, SECTION_REQUIREMENT);
	if (i == FORM_NONE)
		return;
	bool class = parent(s) == SPIF_CLASS;
	uint32_t owner = last(s, class ? SECTION_CLASS : SECTION_ENTRY);
	extend(s,
	       class ? &((struct class_row *)spif_row(s, SECTION_CLASS, owner))->requirements
		     : &((struct entry_row *)spif_row(s, SECTION_ENTRY, owner))->requirements,
	       i);
	struct requirement_row *row = spif_row(s, SECTION_REQUIREMENT, i);
	row->operation = o < REQUIRE_OPERATIONS ? o : REQUIRE_ALL;
	row->groups.first = spif_count(s, SECTION_GROUP);
}

/* A category of another policy that a mapped label gets besides. */
static void read_need(struct spif *s, struct form_span *span)
{
	enum tag_type type = TAG_NOT_APPLICABLE;
	if (!spif_tag_type(s, &type))
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "categoryGroup needs a tagType");
	uint32_t i = spif_add(s, SECTION_NEED);
	if (i == FORM_NONE)
		return;
	extend(s, span, i);
	struct slice set = spif_token(s, "tagSetRef");
	struct form_text at = spif_text(s, set.len ? set : spif_token(s, "tagSetId"));
	struct need_row *row = spif_row(s, SECTION_NEED, i);
	*row = (struct need_row){.set = at,
				 .type = type,
				 .lacv = spif_number(s, "lacv", true),
				 .operation = s->need_operation,
				 .requirement = s->need_requirement};
}

static void read_group(struct spif *s)
{
	enum spif_element owner = grandparent(s);
	if (owner == SPIF_PEER) {
		read_need(s, &((struct peer_row *)spif_row(s, SECTION_PEER, last(s, SECTION_PEER)))->needs);
		return;
	}
	if (owner == SPIF_EQUIVALENT_CLASS) {
		read_need(s, &((struct equivalent_row *)spif_row(s, SECTION_EQUIVALENT, last(s, SECTION_EQUIVALENT)))
				      ->needs);
		return;
	}
	uint32_t i = spif_add(s, SECTION_GROUP);
	if (i == FORM_NONE)
		return;
	((struct requirement_row *)spif_row(s, SECTION_REQUIREMENT, last(s, SECTION_REQUIREMENT)))->groups.count++;
	refer(s, &s->groups, i);
}

static void read_excluded_category(struct spif *s)
{
	refer(s, &s->excluded, last(s, SECTION_ENTRY));
}

static void read_peer(struct spif *s)
{
	struct slice name = spif_name(s, "name"), oid = spif_token(s, "id");
	uint32_t i = spif_add(s, SECTION_PEER);
	if (i == FORM_NONE)
		return;
	struct form_text name_at = spif_text(s, name), oid_at = spif_text(s, oid);
	struct peer_row *row = spif_row(s, SECTION_PEER, i);
	row->name = name_at;
	row->oid = oid_at;
}

static uint32_t applied(struct spif *s)
{
	struct slice text = spif_token(s, "applied");
	if (slice_equal(text, SLICE("encrypt")))
		return APPLIED_ENCRYPT;
	if (slice_equal(text, SLICE("decrypt")))
		return APPLIED_DECRYPT;
	if (text.len && !slice_equal(text, SLICE("both")))
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "applied is encrypt, decrypt or both");
	return APPLIED_BOTH;
}

/* The other policy's tag set, by OID or name. An equivalent of a whole set bears them as its own id and name. */
static struct slice target_set(struct spif *s, bool whole)
{
	static const char *const names[] = {"tagSetId", "tagSetRef", "id", "name"};
	struct slice set = slice_of(NULL, 0);
	for (size_t i = 0; i < (whole ? 4 : 2) && set.len == 0; i++)
		set = spif_token(s, names[i]);
	return set;
}

static void read_equivalent(struct spif *s)
{
	bool class = parent(s) == SPIF_CLASS, set = parent(s) == SPIF_SET,
	     discard = slice_equal(spif_token(s, "action"), SLICE("discard"));
	enum tag_type type = TAG_NOT_APPLICABLE;
	if (!class && !set && !spif_tag_type(s, &type) && !discard)
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "equivalentSecCategoryTag needs a tagType");
	if (spif_token(s, "action").len && !discard)
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "action can only be discard");
	struct slice policy = spif_name(s, "policyRef"), target = class ? slice_of(NULL, 0) : target_set(s, set);
	uint32_t i = spif_add(s, SECTION_EQUIVALENT);
	if (i == FORM_NONE)
		return;
	extend(s,
	       class ? &((struct class_row *)spif_row(s, SECTION_CLASS, last(s, SECTION_CLASS)))->equivalents
	       : set ? &((struct set_row *)spif_row(s, SECTION_SET, last(s, SECTION_SET)))->equivalents
		     : &((struct entry_row *)spif_row(s, SECTION_ENTRY, last(s, SECTION_ENTRY)))->equivalents,
	       i);
	struct form_text policy_at = spif_text(s, policy), set_at = spif_text(s, target);
	struct equivalent_row *row = spif_row(s, SECTION_EQUIVALENT, i);
	row->policy = policy_at;
	row->set = set_at;
	row->type = type;
	row->lacv = spif_number(s, "lacv", !set && !discard);
	row->applied = applied(s);
	row->discard = discard;
}

static void read_implied(struct spif *s)
{
	uint32_t i = spif_add(s, SECTION_IMPLIED);
	if (i == FORM_NONE)
		return;
	if (i == FORM_RULES)
		spif_finding(s, FINDING_ERROR, SPIF_HERE, "more than %d marking rules", FORM_RULES);
	struct form_text unless = spif_text(s, slice_take(spif_token(s, "unless"), SPIF_NAME));
	struct implied_row *row = spif_row(s, SECTION_IMPLIED, i);
	row->unless = unless;
	row->is_default = slice_equal(s->xml.name, SLICE("default"));
	refer(s, &s->implied, i);
}

static void read_when(struct spif *s)
{
	refer(s, &s->when, last(s, SECTION_IMPLIED));
}

#define IN(element) (UINT32_C(1) << SPIF_##element)

#define NAME(text)                                                                                                     \
	{                                                                                                              \
		(const uint8_t *)(text), sizeof(text) - 1                                                              \
	}

static const struct element {
	struct slice name;
	enum spif_element element;
	uint32_t parents;
	bool rules; /* of the project's own namespace */
	void (*read)(struct spif *s);
	enum err (*read_leaf)(struct spif *s); /* reads to the element's end */
} elements[] = {
	{NAME("SPIF"), SPIF_ROOT, IN(DOCUMENT), false, read_root, NULL},
	{NAME("securityPolicyId"), SPIF_POLICY_ID, IN(ROOT), false, read_policy_id, NULL},
	{NAME("defaultSecurityPolicyId"), SPIF_IGNORED, IN(ROOT), false, NULL, NULL},
	{NAME("updateInfo"), SPIF_IGNORED, IN(ROOT), false, NULL, NULL},
	{NAME("securityClassifications"), SPIF_CLASSES, IN(ROOT), false, NULL, NULL},
	{NAME("securityClassification"), SPIF_CLASS, IN(CLASSES), false, read_class, NULL},
	{NAME("securityCategoryTagSets"), SPIF_SETS, IN(ROOT), false, NULL, NULL},
	{NAME("securityCategoryTagSet"), SPIF_SET, IN(SETS), false, read_set, NULL},
	{NAME("securityCategoryTag"), SPIF_TAG, IN(SET), false, read_tag, NULL},
	{NAME("tagCategory"), SPIF_CATEGORY, IN(TAG), false, read_category, NULL},
	{NAME("markingData"), SPIF_MARKING, IN(ROOT) | IN(CLASS) | IN(CATEGORY) | IN(PRIVACY_MARK), false, read_marking,
	 NULL},
	{NAME("code"), SPIF_CODE, IN(MARKING), false, NULL, read_code},
	{NAME("markingQualifier"), SPIF_QUALIFIERS, IN(ROOT) | IN(CLASS) | IN(TAG) | IN(CATEGORY), false,
	 read_qualifiers, NULL},
	{NAME("qualifier"), SPIF_QUALIFIER, IN(QUALIFIERS), false, read_qualifier, NULL},
	{NAME("excludedClass"), SPIF_EXCLUDED_CLASS, IN(CATEGORY), false, NULL, read_excluded_class},
	{NAME("requiredCategory"), SPIF_REQUIRED, IN(CLASS) | IN(CATEGORY) | IN(PEER) | IN(EQUIVALENT_CLASS), false,
	 read_required, NULL},
	{NAME("categoryGroup"), SPIF_GROUP, IN(REQUIRED), false, read_group, NULL},
	{NAME("excludedCategory"), SPIF_EXCLUDED_CATEGORY, IN(CATEGORY), false, read_excluded_category, NULL},
	{NAME("privacyMarks"), SPIF_PRIVACY_MARKS, IN(ROOT), false, read_privacy_marks, NULL},
	{NAME("privacyMark"), SPIF_PRIVACY_MARK, IN(PRIVACY_MARKS), false, read_privacy_mark, NULL},
	{NAME("equivalentPolicies"), SPIF_PEERS, IN(ROOT), false, NULL, NULL},
	{NAME("equivalentPolicy"), SPIF_PEER, IN(PEERS), false, read_peer, NULL},
	{NAME("equivalentClassification"), SPIF_EQUIVALENT_CLASS, IN(CLASS), false, read_equivalent, NULL},
	{NAME("equivalentSecCategoryTag"), SPIF_EQUIVALENT_CATEGORY, IN(CATEGORY), false, read_equivalent, NULL},
	{NAME("equivalentSecurityCategoryTagSet"), SPIF_EQUIVALENT_SET, IN(SET), false, read_equivalent, NULL},
	{NAME("extensions"), SPIF_EXTENSIONS, IN(ROOT), false, NULL, NULL},
	{NAME("markingRules"), SPIF_RULES, IN(EXTENSIONS), true, NULL, NULL},
	{NAME("default"), SPIF_DEFAULT, IN(RULES), true, read_implied, NULL},
	{NAME("implied"), SPIF_IMPLIED, IN(RULES), true, read_implied, NULL},
	{NAME("when"), SPIF_WHEN, IN(IMPLIED), true, read_when, NULL},
};

/* An element that is known, but not here. If it would limit labels, to pass over it would be to drop a rule. */
static void report_unknown(struct spif *s)
{
	static const char *const limits[] = {"securityClassification",
					     "securityCategoryTagSet",
					     "securityCategoryTag",
					     "tagCategory",
					     "excludedClass",
					     "requiredCategory",
					     "categoryGroup",
					     "excludedCategory",
					     "privacyMark",
					     "securityPolicyId"};
	struct slice name = slice_take(s->xml.name, 64);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (slice_equal(s->xml.uri, spif_uri) && slice_equal(s->xml.name, slice_text(limits[i]))) {
			spif_finding(s, FINDING_ERROR, SPIF_HERE, "element %.*s may not stand here", SLICE_ARG(name));
			return;
		}
	spif_finding(s, FINDING_WARNING, SPIF_HERE, "element %.*s is not known here and was passed over",
		     SLICE_ARG(name));
}

static const struct element *find_element(const struct spif *s)
{
	bool rules = slice_equal(s->xml.uri, rules_uri);
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		if (elements[i].rules == rules && slice_equal(s->xml.name, elements[i].name) &&
		    elements[i].parents >> s->open[s->depth] & 1)
			return &elements[i];
	return NULL;
}

/* Elements of no namespace inside a prefixed SPIF are met in the wild and meant as the SPIF's own. */
static bool namespace_known(struct spif *s)
{
	if (slice_equal(s->xml.uri, spif_uri) || slice_equal(s->xml.uri, rules_uri))
		return true;
	if (s->xml.uri.len || s->depth == 0)
		return false;
	if (!s->own_namespace_warned)
		spif_finding(s, FINDING_WARNING, SPIF_HERE, "%.*s is in no namespace; read as the SPIF's own",
			     SLICE_ARG(slice_take(s->xml.name, 64)));
	s->own_namespace_warned = true;
	return true;
}

static enum err start(struct spif *s)
{
	const struct element *element = namespace_known(s) ? find_element(s) : NULL;
	if (s->depth == 0 && !element)
		return xml_fail(&s->xml, ERR_MALFORMED,
				"the root element is not a SPIF of http://www.xmlspif.org/spif");
	if (!element || element->element == SPIF_IGNORED) {
		if (!element && (slice_equal(s->xml.uri, spif_uri) || slice_equal(s->xml.uri, rules_uri)))
			report_unknown(s);
		return xml_skip(&s->xml);
	}
	if (element->read_leaf)
		return element->read_leaf(s);
	if (element->read)
		element->read(s);
	s->open[++s->depth] = element->element;
	return ERR_OK;
}

enum err spif_read(struct spif *s)
{
	s->open[0] = SPIF_DOCUMENT;
	for (;;) {
		TRY(xml_next(&s->xml));
		if (s->xml.event == XML_DONE)
			return ERR_OK;
		if (s->xml.event == XML_START)
			TRY(start(s));
		else if (s->xml.event == XML_END)
			s->depth--;
		if (s->err != ERR_OK)
			return s->err;
	}
}
