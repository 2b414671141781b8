// SPDX-License-Identifier: Apache-2.0
// Label selectors: Kubernetes' operators as apimachinery's labels.Requirement.Matches, Calico's expressions as its documentation.
#include "test.h"
#include "analyze/selector.h"

static const struct label web[] = {{{"app", 3}, {"web", 3}}, {{"tier", 4}, {"front", 5}}, {{"empty", 5}, {"", 0}}};
static const struct labels labels = {web, 3};

static void kubernetes(void)
{
	static const struct {
		const char *selector;
		bool want;
	} cases[] = {
		{"{}", true},
		{"{\"matchLabels\":{}}", true},
		{"{\"matchLabels\":{\"app\":\"web\"}}", true},
		{"{\"matchLabels\":{\"app\":\"web\",\"tier\":\"back\"}}", false},
		{"{\"matchLabels\":{\"app\":\"we\"}}", false},
		{"{\"matchLabels\":{\"empty\":\"\"}}", true},
		{"{\"matchLabels\":{\"absent\":\"\"}}", false},
		{"{\"matchLabels\":{\"app\":1}}", false},
		{"{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[\"db\",\"web\"]}]}", true},
		{"{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[]}]}", false},
		{"{\"matchExpressions\":[{\"key\":\"absent\",\"operator\":\"In\",\"values\":[\"\"]}]}", false},
		{"{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"NotIn\",\"values\":[\"web\"]}]}", false},
		{"{\"matchExpressions\":[{\"key\":\"absent\",\"operator\":\"NotIn\",\"values\":[\"web\"]}]}", true},
		{"{\"matchExpressions\":[{\"key\":\"empty\",\"operator\":\"Exists\"}]}", true},
		{"{\"matchExpressions\":[{\"key\":\"absent\",\"operator\":\"Exists\"}]}", false},
		{"{\"matchExpressions\":[{\"key\":\"absent\",\"operator\":\"DoesNotExist\"}]}", true},
		{"{\"matchExpressions\":[{\"key\":\"empty\",\"operator\":\"DoesNotExist\"}]}", false},
		{"{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Gt\",\"values\":[\"1\"]}]}", false},
		{"{\"matchExpressions\":[{\"operator\":\"DoesNotExist\"}]}", false},
		{"{\"matchLabels\":{\"app\":\"web\"},\"matchExpressions\":[{\"key\":\"tier\",\"operator\":\"DoesNotExist\"}]}", false},
	};
	auto_arena a = ARENA_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json *v;
		bool ok = json_parse(&a, span_of(cases[i].selector), &v, NULL) == 0 && selector_matches(v, labels) == cases[i].want;

		test_check(ok, cases[i].selector, __FILE__, __LINE__);
	}
}

static void calico(void)
{
	static const struct {
		const char *expression;
		bool want;
	} cases[] = {
		{"", true},
		{" all() ", true},
		{"!all()", false},
		{"global()", false},
		{"app == 'web'", true},
		{"app==\"web\"", true},
		{"app == 'db'", false},
		{"absent == ''", false},
		{"absent != 'x'", true},
		{"app != 'web'", false},
		{"has(tier)", true},
		{"!has(absent) && has(empty)", true},
		{"app in {'db', 'web'}", true},
		{"app in {}", false},
		{"app not in {'db'}", true},
		{"absent not in {'db'}", true},
		{"absent in {''}", false},
		{"tier starts with 'fr'", true},
		{"tier starts with 'ront'", false},
		{"tier ends with 'ont'", true},
		{"tier contains 'ron'", true},
		{"app == 'db' || tier == 'front' && has(app)", true},
		{"(app == 'db' || tier == 'front') && has(absent)", false},
		{"!(app == 'web')", false},
		/* What is not understood selects nothing. */
		{"app", false},
		{"app ==", false},
		{"app == web", false},
		{"app == 'web' &&", false},
		{"app == 'web' tier", false},
		{"(all()", false},
		{"app notin {'db'}", false},
		{"app not 'db'", false},
		{"has(app", false},
		{"all() || ??", false},
	};
	char deep[1001];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_check(selector_calico_matches(span_of(cases[i].expression), labels) == cases[i].want, cases[i].expression, __FILE__, __LINE__);
	memset(deep, '(', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = 0;
	CHECK(!selector_calico_matches(span_of(deep), labels));
}

int main(void)
{
	TEST(kubernetes);
	TEST(calico);
	return test_end();
}
