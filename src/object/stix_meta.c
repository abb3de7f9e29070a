/* STIX 2.1 meta objects: languages, markings and extension definitions.
 * Must never hold what the standard does not say. spec: STIX 2.1 7 */
#include "object/stix_rows.h"

#define EXTENSION_TYPES "new-sdo|new-sco|new-sro|property-extension|toplevel-property-extension"

static const struct stix_property language_content[] = {REF("object_ref", R, "!bundle|language-content"),
	TIME("object_modified", 0), SPECIAL("contents", R, KIND_CONTENTS), END};
static const struct stix_rule language_content_rules[] = {{.kind = RULE_ORDER, .names = "created|modified"}};
static const struct stix_shape language_content_shape =
	SHAPE_OF("language-content", language_content, stix_common_properties, language_content_rules);

static const struct stix_property extension_definition[] = {TEXT("name", R), TEXT("description", 0), TEXT("schema", R),
	TEXT("version", R), ENUM("extension_types", R | L, EXTENSION_TYPES), TEXT("extension_properties", L),
	REF("created_by_ref", R, "identity"), END};
static const struct stix_rule extension_definition_rules[] = {
	{.kind = RULE_ORDER, .names = "created|modified"}, CHECK(stix_check_definition)};
static const struct stix_shape extension_definition_shape =
	SHAPE_OF("extension-definition", extension_definition, stix_common_properties, extension_definition_rules);

/* A marking has no versions. spec: STIX 2.1 7.2.1 */
static const struct stix_property marking_definition[] = {
	TEXT("type", R),
	ENUM("spec_version", R, "2.1"),
	TEXT("id", R),
	REF("created_by_ref", 0, "identity"),
	TIME("created", R),
	TEXT("name", 0),
	TEXT("definition_type", 0),
	ANY("definition", 0),
	SHAPE("external_references", L, &stix_external_reference),
	REF("object_marking_refs", L, "=marking-definition"),
	SHAPE("granular_markings", L, &stix_granular_marking),
	SPECIAL("extensions", 0, KIND_EXTENSIONS),
	END,
};
static const struct stix_rule marking_definition_rules[] = {ANY_OF("definition|extensions"),
	NEEDS("definition|definition_type"), NEEDS("definition_type|definition"), CHECK(stix_check_marking_definition)};
static const struct stix_shape marking_definition_shape =
	SHAPE_OF("marking-definition", marking_definition, NULL, marking_definition_rules);

const struct stix_type stix_meta_types[] = {
	{"language-content", STIX_META, &language_content_shape, NULL},
	{"marking-definition", STIX_META, &marking_definition_shape, NULL},
	{"extension-definition", STIX_META, &extension_definition_shape, NULL},
	{.name = NULL},
};
