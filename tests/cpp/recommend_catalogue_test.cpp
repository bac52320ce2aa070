#include "catch.h"
#include "recommend/catalogue.h"
#include "recommend/content.h"
#include "recommend/json_columns.h"
#include "support/error.h"
#include "task_models.h"

using namespace storewise::recommend;

namespace {

void refused(const std::string& text, const char* what) {
  INFO(text);
  CHECK_THROWS_WITH(Catalogue(text, "catalogue.json"),
                    ContainsSubstring("catalogue.json") && ContainsSubstring(what));
}

}  // namespace

TEST_CASE("a catalogue is read column by column") {
  const Catalogue catalogue(task_models::grocer_catalogue(), "catalogue.json");
  REQUIRE(catalogue.size() == 10);
  CHECK(catalogue.currency() == "EUR");
  CHECK(catalogue.ids()[4] == "tea");
  CHECK(catalogue.ids().find("beer") == 7);
  CHECK(catalogue.ids().find("bee") == kNoRow);
  CHECK(catalogue.ids().find("") == kNoRow);
  CHECK(catalogue.price(6) == 8);
  CHECK(catalogue.available(3));
  REQUIRE(catalogue.field("category") != nullptr);
  const auto& category = *catalogue.field("category");
  CHECK(category.values[category.index[9]] == "Hot drinks");
  CHECK(category.find("Alcohol") == 3);
  CHECK(category.find("alcohol") == -1);
  CHECK(catalogue.field("colour") == nullptr);
}

TEST_CASE("what is optional may be missing, what is unknown is passed over") {
  const Catalogue catalogue(
      R"({"id":["a","b"],"price":[null,-1],"extra":{"id":["x"],"deep":[[1],{"id":[2]}]},
          "available":[true,0],"version":1,"fields":{},"names":{}})",
      "catalogue.json");
  CHECK(catalogue.size() == 2);
  CHECK(catalogue.price(0) == -1);
  CHECK(catalogue.price(1) == -1);
  CHECK(catalogue.available(0));
  CHECK(!catalogue.available(1));
}

TEST_CASE("a catalogue that does not fit together is refused by its path") {
  refused("", "empty");
  refused("<html>", "HTML");
  refused("[]", "an object");
  refused("3", "an object");
  refused("{", "line 1");
  refused(R"({"version":1})", "$.id");
  refused(R"({"id":["a"]})", "version");
  refused(R"({"version":2,"id":["a"]})", "$.version");
  refused(R"({"version":1,"id":[]})", "at least one item");
  refused(R"({"version":1,"id":["a",""]})", "$.id[1]");
  refused(R"({"version":1,"id":["a",7]})", "$.id[1]");
  refused(R"({"version":1,"id":["a",["b"]]})", "$.id[1]");
  refused(R"({"version":1,"id":["a","b","a"]})", "$.id[2]");
  refused(R"({"version":1,"id":"a"})", "$.id");
  refused(R"({"version":1,"id":{"a":1}})", "$.id");
  refused(R"({"version":1,"id":["a"],"id":["b"]})", "twice");
  refused(R"({"version":1,"count":3,"id":["a","b"]})", "$.count");
  refused(R"({"version":1,"id":["a","b"],"name":["A"]})", "$.name");
  refused(R"({"version":1,"id":["a","b"],"name":["A",null]})", "$.name[1]");
  refused(R"({"version":1,"id":["a","b"],"names":{"zh":["A"]}})", "$.names.zh");
  refused(R"({"version":1,"id":["a","b"],"price":[1]})", "$.price");
  refused(R"({"version":1,"id":["a","b"],"price":[1,"2"]})", "$.price[1]");
  refused(R"({"version":1,"id":["a","b"],"price":[1,1e300]})", "$.price[1]");
  refused(R"({"version":1,"id":["a","b"],"available":[1,2]})", "$.available[1]");
  refused(R"({"version":1,"id":["a"],"fields":{"c":{"values":["x"]}}})", "$.fields.c.index");
  refused(R"({"version":1,"id":["a"],"fields":{"c":{"values":["x"],"index":[1]}}})",
          "$.fields.c.index[0]");
  refused(R"({"version":1,"id":["a"],"fields":{"c":{"values":["x"],"index":[-2]}}})",
          "$.fields.c.index[0]");
  refused(R"({"version":1,"id":["a"],"fields":{"c":{"values":["x"],"index":[0.5]}}})",
          "$.fields.c.index[0]");
  refused(R"({"version":1,"id":["a"],"fields":{"c":{"values":[3],"index":[0]}}})",
          "$.fields.c.values[0]");
  refused(R"({"version":1,"id":["a"],"fields":{"c":{"values":["x"],"index":[0]},"d":{},
              "c":{"values":["y"],"index":[0]}}})",
          "twice");
  refused(R"({"version":1,"id":["a"],"fields":[]})", "");
  refused(R"({"version":1,"id":["a"]} trailing)", "line 1");
  refused(std::string(100, '[') + std::string(100, ']'), "");
  refused(R"({"x":)" + std::string(5000, '[') + std::string(5000, ']') + "}", "nesting");
}

TEST_CASE("likeness is a sum that can be checked by hand") {
  const Catalogue catalogue(task_models::grocer_catalogue(), "catalogue.json");
  const std::vector<float> evidence = {1000, 900, 700, 600, 500, 400, 300, 5, -1, -1};
  const ContentIndex content(catalogue, evidence);
  const auto row = [&](const char* id) { return catalogue.ids().find(id); };
  const auto near = [](float a, double b) { return std::abs(a - b) < 1e-6; };
  CHECK(near(content.likeness(row("milk"), row("milk")), 1.0));
  CHECK(near(content.likeness(row("milk"), row("butter")), 0.85 + 0.15 * 1.2 / 2));
  CHECK(near(content.likeness(row("tea"), row("coffee")), 0.65 + 0.15 * 3 / 5));
  CHECK(near(content.likeness(row("cheese"), row("wine")), 0.2 + 0.15 * 4 / 8));
  CHECK(content.likeness(row("tea"), row("milk")) == content.likeness(row("milk"), row("tea")));
  CHECK(near(content.ignorance(row("new-tea")), 1.0));
  CHECK(near(content.ignorance(row("beer")), 3.0 / 8));
  const auto thin = content.category_of(row("wine"), true);
  REQUIRE(thin.size() == 1);
  CHECK(thin[0] == row("beer"));
  const auto all = content.category_of(row("milk"), false);
  REQUIRE(all.size() == 4);
  CHECK(all[0] == row("new-milk"));
  CHECK(all[1] == row("milk"));
  CHECK(content.holds(all, row("cheese")));
  CHECK(!content.holds(thin, row("cheese")));
}
