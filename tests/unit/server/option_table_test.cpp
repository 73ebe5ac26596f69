#include "server/option_table.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace parlance::server {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(std::string(PARLANCE_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// UPDATE_DOCS=1 in the environment writes what the table says instead of comparing.
bool updating() {
  return std::getenv("UPDATE_DOCS") != nullptr;
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(std::string(PARLANCE_SOURCE_DIR) + "/" + path) << text;
}

TEST(OptionTable, IsWhatTheConfigurationPageSays) {
  if (updating()) {
    write("docs/configuration.md", configuration_document());
  }
  EXPECT_EQ(read("docs/configuration.md"), configuration_document())
      << "UPDATE_DOCS=1 build/release/tests/unit/server/server_tests writes it anew";
}

TEST(OptionTable, IsWhatTheReadmeSays) {
  std::string readme = read("README.md");
  const std::size_t begin = readme.find("| flag | default | meaning |");
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = std::min(readme.find("\n\n", begin), readme.size() - 1) + 1;
  if (updating()) {
    readme.replace(begin, end - begin, readme_table());
    write("README.md", readme);
    return;
  }
  EXPECT_EQ(readme.substr(begin, end - begin), readme_table())
      << "UPDATE_DOCS=1 build/release/tests/unit/server/server_tests writes it anew";
}

TEST(OptionTable, NamesEveryKeyFlagAndVariableOnce) {
  std::set<std::string> names;
  for (const Option& option : option_table()) {
    EXPECT_TRUE(names.insert(std::string(option.key)).second) << option.key;
    EXPECT_TRUE(names.insert(std::string(option.flag)).second) << option.flag;
    EXPECT_TRUE(names.insert(environment_name(option)).second) << option.key;
    EXPECT_EQ(find_option(option.key), &option);
  }
  EXPECT_EQ(find_option("media.prot"), nullptr);
}

TEST(OptionTable, GuessesWhatWasMeant) {
  EXPECT_EQ(nearest_key("media.prot"), "media.port");
  EXPECT_EQ(nearest_key("http.orgins"), "http.origins");
  EXPECT_EQ(nearest_key("something.else.entirely"), "");
}

TEST(OptionTable, VariablesAreKeysInCapitals) {
  EXPECT_EQ(environment_name(*find_option("http.tls_key")), "PARLANCE_HTTP_TLS_KEY");
}

}  // namespace
}  // namespace parlance::server
