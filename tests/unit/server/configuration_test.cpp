#include "server/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::expected<Configuration, std::string> of(const std::string& toml, unsigned cores = 2) {
  auto settings = settings_of_toml(toml, "x.toml");
  if (!settings) {
    return std::unexpected(settings.error());
  }
  return configuration_of(*settings, cores);
}

TEST(Configuration, HasDefaultsForOneMachine) {
  const auto c = of("", 2);
  ASSERT_TRUE(c);
  EXPECT_EQ(c->http.port, 8080);
  EXPECT_EQ(c->media.workers, 2u);
  EXPECT_EQ(c->media.shards, 4u);
  EXPECT_EQ(c->media.port, 40000);
  EXPECT_EQ(c->signaling.threads, 2u);
  EXPECT_EQ(c->storage.url, "sqlite:data/parlance.db");
  EXPECT_TRUE(c->media.announced.empty());
}

TEST(Configuration, SurvivesAMachineThatDoesNotKnowItsCores) {
  const auto c = of("", 0);
  ASSERT_TRUE(c);
  EXPECT_EQ(c->media.workers, 1u);
  EXPECT_EQ(c->media.shards, 2u);
}

TEST(Configuration, MoreWorkersBringMoreShardsAndFewerShardsFewerWorkers) {
  EXPECT_EQ(of("[media]\nworkers = 9\n", 2)->media.shards, 9u);
  EXPECT_EQ(of("[media]\nshards = 1\n", 4)->media.workers, 1u);
}

TEST(Configuration, ACallHoldsAsManyAsTheOperatorSays) {
  EXPECT_EQ(of("")->call.max_participants, 16u);
  EXPECT_EQ(of("[call]\nmax_participants = 500\n")->call.max_participants, 500u);
}

TEST(Configuration, RefusesWhatIsOutOfRangeWithItsPlace) {
  for (const auto& [toml, text] :
       {std::pair{"[media]\nshards = 0\n", "x.toml, line 2: media.shards takes a number from 1"},
        std::pair{"[http]\nport = 70000\n", "http.port takes a number from 0 to 65535, not 70000"},
        std::pair{"[turn]\nttl = 1\n", "turn.ttl takes"},
        std::pair{"[call]\nmax_participants = 1\n",
                  "max_participants takes a number from 2 to 1024"},
        std::pair{"[log]\nlevel = \"loud\"\n", "log.level is debug, info, warn or error"},
        std::pair{"[http]\nlisten = []\n", "http.listen needs an address"},
        std::pair{"[data]\nfolder = \"\"\n", "data.folder needs a name"},
        std::pair{"[storage]\nurl = \"mysql:x\"\n", "storage.url takes sqlite:FILE, postgres://"},
        std::pair{"[storage]\nurl = \"pg://a:secret@b\"\n", "storage.url takes"}}) {
    const auto c = of(toml);
    ASSERT_FALSE(c) << toml;
    EXPECT_THAT(c.error(), HasSubstr(text));
    EXPECT_THAT(c.error(), Not(HasSubstr("secret@")));
  }
  EXPECT_TRUE(of("[storage]\nurl = \"postgres://parlance@db.example.org/parlance\"\n"));
}

TEST(Configuration, RefusesContradictions) {
  for (const auto& [toml, text] :
       {std::pair{"[media]\nworkers = 4\nshards = 2\n", "raise media.shards"},
        std::pair{"[media]\nport = 65534\nshards = 4\n", "media.port leaves no room"},
        std::pair{"[http]\ntls_key = \"k.pem\"\n",
                  "needs both http.tls_certificate and http.tls_key"},
        std::pair{"[http]\nlan = true\ntls_key = \"k\"\ntls_certificate = \"c\"\n",
                  "http.lan makes"},
        std::pair{"[turn]\nurls = [\"turn:a\"]\n", "turn.urls needs turn.secret"},
        std::pair{"[turn]\nurls = [\"http://a\"]\n", "turn.urls takes turn:, turns: or stun:"},
        std::pair{"[http]\norigins = [\"app.example.org\"]\n",
                  "http.origins takes scheme and host"},
        std::pair{"[http]\norigins = [\"https://a.example/b\"]\n", "http.origins takes"},
        std::pair{"[media]\nannounced = [\"a b\"]\n", "media.announced takes host or host:port"}}) {
    const auto c = of(toml);
    ASSERT_FALSE(c) << toml;
    EXPECT_THAT(c.error(), HasSubstr(text));
  }
}

TEST(Configuration, AStunServerNeedsNoSecret) {
  EXPECT_TRUE(of("[turn]\nurls = [\"stun:stun.example.org\"]\n"));
}

TEST(Configuration, AnnouncedAddressesMayHaveAPort) {
  using Port = std::optional<std::uint16_t>;
  EXPECT_EQ(announced_of("203.0.113.7"), (Announced{"203.0.113.7", Port{}}));
  EXPECT_EQ(announced_of("media.example.org:50000"), (Announced{"media.example.org", Port{50000}}));
  EXPECT_EQ(announced_of("2001:db8::7"), (Announced{"2001:db8::7", Port{}}));
  EXPECT_EQ(announced_of("[2001:db8::7]:50000"), (Announced{"2001:db8::7", Port{50000}}));
  EXPECT_EQ(announced_of("[2001:db8::7]"), (Announced{"2001:db8::7", Port{}}));
  for (const char* bad :
       {"", ":5", "a:", "a:0", "a:70000", "a:5x", "[::1", "[::1]5", "[]:5", "a/b"}) {
    EXPECT_FALSE(announced_of(bad)) << bad;
  }
}

}  // namespace
}  // namespace parlance::server
